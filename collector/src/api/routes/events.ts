import { STRATA } from '@tidemark/proto';
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { AgentAnswer, ErrorAnswer, EventAnswer, OutcomeAnswer } from '../answers.ts';
import type { SourceOf } from '../project-source.ts';
import { ID, LIMIT, notFound, SPAN, spanOf } from '../queries.ts';

const EVENTS = Type.Object({
  stratum: Type.Optional(Type.Enum([...STRATA], { description: 'Only events that were kept for this reason.' })),
  ...SPAN.properties,
  // One event may have 64 KiB.
  limit: Type.Integer({ minimum: 1, maximum: 1_000, default: 100 }),
});
const OUTCOMES = Type.Object({
  prediction_id: Type.Optional(Type.String({ minLength: 1, description: 'Only outcomes of this prediction.' })),
  ...SPAN.properties,
});
const AGENTS = Type.Object({ limit: LIMIT });

/** Events and outcomes of a model version, and the agents that send them. */
export function addEventRoutes(app: FastifyInstance, sourceOf: SourceOf): void {
  app.get<{ Params: Static<typeof ID>; Querystring: Static<typeof EVENTS> }>(
    '/api/v1/models/:id/events',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'Inferences of a model version that were kept whole, newest first',
        params: ID,
        querystring: EVENTS,
        response: { 200: Type.Array(EventAnswer), 404: ErrorAnswer },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { stratum = null, ...span } = request.query;
      return (
        (await sourceOf(request).events(id, { ...spanOf(span), stratum })) ?? notFound(reply, `model version ${id}`)
      );
    },
  );

  app.get<{ Params: Static<typeof ID>; Querystring: Static<typeof OUTCOMES> }>(
    '/api/v1/models/:id/outcomes',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'What turned out to be true of predictions of a model version, by when it became known, newest first',
        params: ID,
        querystring: OUTCOMES,
        response: { 200: Type.Array(OutcomeAnswer), 404: ErrorAnswer },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { prediction_id: predictionId = null, ...span } = request.query;
      return (
        (await sourceOf(request).outcomes(id, { ...spanOf(span), predictionId })) ??
        notFound(reply, `model version ${id}`)
      );
    },
  );

  app.get<{ Querystring: Static<typeof AGENTS> }>(
    '/api/v1/agents',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'Agents, what they say of themselves and what they could not keep, the ones heard of last first',
        querystring: AGENTS,
        response: { 200: Type.Array(AgentAnswer) },
      },
    },
    (request) => sourceOf(request).agents(request.query.limit),
  );
}
