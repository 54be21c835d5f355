import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { ErrorAnswer, ModelAnswer, ScoreAnswer, SeriesAnswer, VersionAnswer, WindowAnswer } from '../answers.ts';
import type { SourceOf } from '../project-source.ts';
import { ID, notFound, SPAN, spanOf } from '../queries.ts';

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

  app.get<{ Params: Static<typeof ID>; Querystring: Static<typeof SPAN> }>(
    '/api/v1/series/:id/windows',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'Windows of a series',
        params: ID,
        querystring: SPAN,
        response: { 200: Type.Array(WindowAnswer), 404: ErrorAnswer },
      },
    },
    async (request, reply) =>
      (await sourceOf(request).windows(request.params.id, spanOf(request.query))) ??
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
