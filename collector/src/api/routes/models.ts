import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { ErrorAnswer, ModelAnswer, ScoreAnswer, SeriesAnswer, VersionAnswer, WindowAnswer } from '../answers.ts';
import type { ApiSource } from '../api-source.ts';
import { ID, notFound, SPAN, spanOf } from '../queries.ts';

const MODEL = Type.Object({ model: Type.String({ minLength: 1 }) });

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
