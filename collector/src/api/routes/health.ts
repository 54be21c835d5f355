import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { Health } from '../../telemetry/health.ts';

const CHECK = Type.Object({ name: Type.String(), ok: Type.Boolean(), detail: Type.String() });
const ANSWER = Type.Object({ ok: Type.Boolean(), checks: Type.Array(CHECK) });

/** `live`: the process runs. `ready`: it can do its work; if not, the answer says why, with status 503. */
export function addHealthRoutes(app: FastifyInstance, health: Health): void {
  app.get(
    '/health/live',
    { config: { scope: 'open' }, schema: { summary: 'Is the process alive?', response: { 200: ANSWER } } },
    () => ({
      ok: true,
      checks: [],
    }),
  );

  app.get(
    '/health/ready',
    {
      config: { scope: 'open' },
      schema: { summary: 'Can the collector do its work?', response: { 200: ANSWER, 503: ANSWER } },
    },
    async (_request, reply) => {
      const checks = await health.check();
      const ok = checks.every((check) => check.ok);
      reply.code(ok ? 200 : 503);
      return { ok, checks };
    },
  );
}
