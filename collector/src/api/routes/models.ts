import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import {
  ErrorAnswer,
  ModelAnswer,
  ScoreAnswer,
  SeriesAnswer,
  SpanAnswer,
  VersionAnswer,
  WindowAnswer,
} from '../answers.ts';
import type { SpanQuery, WindowWidth } from '../api-source.ts';
import type { SourceOf } from '../project-source.ts';
import { ID, notFound, SPAN, spanOf } from '../queries.ts';

const WIDTHS = { '1m': 60_000, '1h': 3_600_000, '1d': 86_400_000 } as const;
const WINDOWS = Type.Object({
  width: Type.Enum(['auto', '1m', '1h', '1d'], {
    default: 'auto',
    description:
      'How wide windows are. `auto`: minutes for a span of up to 6 h or one that has no two ends, hours for up to 14 d, else days.',
  }),
  ...SPAN.properties,
});
const MODEL = Type.Object({ model: Type.String({ minLength: 1 }) });

/** Models, their versions, the series of a version, and what is kept of a series. */
export function addModelRoutes(app: FastifyInstance, sourceOf: SourceOf): void {
  app.get(
    '/api/v1/models',
    { config: { scope: 'read' }, schema: { summary: 'Models', response: { 200: Type.Array(ModelAnswer) } } },
    (request) => sourceOf(request).models(),
  );

  app.get<{ Params: Static<typeof MODEL> }>(
    '/api/v1/models/:model/versions',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'Versions of a model',
        params: MODEL,
        response: { 200: Type.Array(VersionAnswer), 404: ErrorAnswer },
      },
    },
    async (request, reply) =>
      (await sourceOf(request).versions(request.params.model)) ?? notFound(reply, `model ${request.params.model}`),
  );

  app.get<{ Params: Static<typeof ID> }>(
    '/api/v1/versions/:id/series',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'Series of a model version',
        params: ID,
        response: { 200: Type.Array(SeriesAnswer), 404: ErrorAnswer },
      },
    },
    async (request, reply) =>
      (await sourceOf(request).series(request.params.id)) ?? notFound(reply, `model version ${request.params.id}`),
  );

  app.get<{ Params: Static<typeof ID>; Querystring: Static<typeof WINDOWS> }>(
    '/api/v1/series/:id/windows',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'Windows of a series',
        params: ID,
        querystring: WINDOWS,
        response: { 200: Type.Array(WindowAnswer), 404: ErrorAnswer },
      },
    },
    async (request, reply) =>
      (await sourceOf(request).windows(request.params.id, windowsOf(request.query))) ??
      notFound(reply, `series ${request.params.id}`),
  );

  app.get<{ Params: Static<typeof ID>; Querystring: Omit<Static<typeof SPAN>, 'limit'> }>(
    '/api/v1/series/:id/summary',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'All windows of a series in a span as one, quantiles included',
        params: ID,
        querystring: Type.Omit(SPAN, ['limit']),
        response: { 200: SpanAnswer, 404: ErrorAnswer },
      },
    },
    async (request, reply) =>
      (await sourceOf(request).span(request.params.id, spanOf({ ...request.query, limit: 1 }))) ??
      notFound(reply, `series ${request.params.id}`),
  );

  app.get<{ Params: Static<typeof ID>; Querystring: Static<typeof SPAN> }>(
    '/api/v1/series/:id/scores',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'Scores of a series',
        params: ID,
        querystring: SPAN,
        response: { 200: Type.Array(ScoreAnswer), 404: ErrorAnswer },
      },
    },
    async (request, reply) =>
      (await sourceOf(request).scores(request.params.id, spanOf(request.query))) ??
      notFound(reply, `series ${request.params.id}`),
  );
}

/** The span that was asked for, and in windows of what width. */
function windowsOf({ width, ...query }: Static<typeof WINDOWS>): SpanQuery & { readonly widest: WindowWidth } {
  const span = spanOf(query);
  if (width !== 'auto') return { ...span, widest: WIDTHS[width] };
  const lengthMs = query.from === undefined || query.to === undefined ? 0 : span.to - span.from;
  return {
    ...span,
    widest: lengthMs <= 6 * WIDTHS['1h'] ? 60_000 : lengthMs <= 14 * WIDTHS['1d'] ? 3_600_000 : 86_400_000,
  };
}
