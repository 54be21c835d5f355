import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { ErrorAnswer, ModelAnswer, ScoreAnswer, SeriesAnswer, VersionAnswer, WindowAnswer } from '../answers.ts';
import type { ApiSource, SpanQuery } from '../api-source.ts';

const MODEL = Type.Object({ model: Type.String({ minLength: 1 }) });
const ID = Type.Object({ id: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) });
const SPAN = Type.Object({
  from: Type.Optional(Type.String({ format: 'date-time', description: 'Start, ISO 8601; default: the beginning.' })),
  to: Type.Optional(Type.String({ format: 'date-time', description: 'End, not included; default: no end.' })),
  limit: Type.Integer({ minimum: 1, maximum: 10_000, default: 1_000 }),
});

/** Models, their versions, the series of a version, and what is kept of a series. */
export function addModelRoutes(app: FastifyInstance, source: ApiSource): void {
  app.get('/api/v1/models', { schema: { summary: 'Models', response: { 200: Type.Array(ModelAnswer) } } }, () =>
    source.models(),
  );

  app.get<{ Params: Static<typeof MODEL> }>(
    '/api/v1/models/:model/versions',
    {
      schema: {
        summary: 'Versions of a model',
        params: MODEL,
        response: { 200: Type.Array(VersionAnswer), 404: ErrorAnswer },
      },
    },
    async ({ params }, reply) => (await source.versions(params.model)) ?? notFound(reply, `model ${params.model}`),
  );

  app.get<{ Params: Static<typeof ID> }>(
    '/api/v1/versions/:id/series',
    {
      schema: {
        summary: 'Series of a model version',
        params: ID,
        response: { 200: Type.Array(SeriesAnswer), 404: ErrorAnswer },
      },
    },
    async ({ params }, reply) => (await source.series(params.id)) ?? notFound(reply, `model version ${params.id}`),
  );

  app.get<{ Params: Static<typeof ID>; Querystring: Static<typeof SPAN> }>(
    '/api/v1/series/:id/windows',
    {
      schema: {
        summary: 'Windows of a series',
        params: ID,
        querystring: SPAN,
        response: { 200: Type.Array(WindowAnswer), 404: ErrorAnswer },
      },
    },
    async ({ params, query }, reply) =>
      (await source.windows(params.id, spanOf(query))) ?? notFound(reply, `series ${params.id}`),
  );

  app.get<{ Params: Static<typeof ID>; Querystring: Static<typeof SPAN> }>(
    '/api/v1/series/:id/scores',
    {
      schema: {
        summary: 'Scores of a series',
        params: ID,
        querystring: SPAN,
        response: { 200: Type.Array(ScoreAnswer), 404: ErrorAnswer },
      },
    },
    async ({ params, query }, reply) =>
      (await source.scores(params.id, spanOf(query))) ?? notFound(reply, `series ${params.id}`),
  );
}

/** Years that every store can hold; what lies outside asks for everything on that side. */
const FIRST = Date.UTC(1970, 0, 1);
const LAST = Date.UTC(9999, 0, 1);

function spanOf({ from, to, limit }: Static<typeof SPAN>): SpanQuery {
  return {
    from: from === undefined ? FIRST : timeOf('from', from),
    to: to === undefined ? LAST : timeOf('to', to),
    limit,
  };
}

/** A leap second is a good date-time that no clock of ours can show. */
function timeOf(name: string, text: string): number {
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  const message = `querystring/${name}: expected a time without a leap second, got ${text}`;
  throw Object.assign(new RangeError(message), { statusCode: 400 });
}

function notFound(reply: { code(status: number): unknown }, what: string): Static<typeof ErrorAnswer> {
  reply.code(404);
  return { error: 'not_found', message: `there is no ${what}` };
}
