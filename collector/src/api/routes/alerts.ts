import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { AlertAnswer, AlertEventAnswer, ErrorAnswer } from '../answers.ts';
import type { SourceOf } from '../project-source.ts';

const STATES = ['inactive', 'pending', 'firing', 'recovering', 'resolved'] as const;
const LIMIT = Type.Integer({ minimum: 1, maximum: 10_000, default: 1_000 });
const FILTER = Type.Object({
  state: Type.Enum(['active', 'all', ...STATES], {
    default: 'active',
    description: 'One state; `active` = pending, firing and recovering.',
  }),
  model: Type.Optional(Type.String({ minLength: 1 })),
  limit: LIMIT,
});
const FINGERPRINT = Type.Object({ fingerprint: Type.String({ minLength: 1, maxLength: 128 }) });

/** Alerts as they stand, and the history of one. */
export function addAlertRoutes(app: FastifyInstance, sourceOf: SourceOf): void {
  app.get<{ Querystring: Static<typeof FILTER> }>(
    '/api/v1/alerts',
    {
      config: { scope: 'read' },
      schema: { summary: 'Alerts', querystring: FILTER, response: { 200: Type.Array(AlertAnswer) } },
    },
    (request) => {
      const { query } = request;
      return sourceOf(request).alerts({
        states: statesOf(query.state),
        model: query.model ?? null,
        limit: query.limit,
      });
    },
  );

  app.get<{ Params: Static<typeof FINGERPRINT>; Querystring: { limit: number } }>(
    '/api/v1/alerts/:fingerprint/events',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'What happened to an alert, and who was told',
        params: FINGERPRINT,
        querystring: Type.Object({ limit: LIMIT }),
        response: { 200: Type.Array(AlertEventAnswer), 404: ErrorAnswer },
      },
    },
    async (request, reply) => {
      const { params, query } = request;
      const events = await sourceOf(request).alertEvents(params.fingerprint, query.limit);
      if (events !== null) return events;
      reply.code(404);
      return { error: 'not_found', message: `there is no alert ${params.fingerprint}` };
    },
  );
}

function statesOf(state: string): readonly string[] {
  if (state === 'all') return [];
  return state === 'active' ? ['pending', 'firing', 'recovering'] : [state];
}
