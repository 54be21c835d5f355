import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Access, Admission, Grant } from '../access/access.ts';
import type { Scope } from '../access/scope.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a token must let its holder do here; `open` = nobody is asked. Every route has to say. */
    scope?: Scope | 'open';
  }
  interface FastifyRequest {
    /** Who asks; null where a route is open. */
    grant: Grant | null;
  }
}

const STATUS = { unauthenticated: 401, forbidden: 403, undecided: 503 } as const;

/** Lets nobody into a route without what the route says is needed. A route that says nothing is a mistake of ours. */
export function guardRoutes(app: FastifyInstance, access: Access): void {
  app.decorateRequest('grant', null);
  app.addHook('onRoute', ({ url, config }) => {
    if (config?.scope === undefined) throw new Error(`the route ${url} does not say who may use it`);
  });
  app.addHook('onRequest', async (request, reply) => {
    // Without a scope there is no route here, and nothing to keep from anybody.
    const needed = request.routeOptions.config.scope ?? 'open';
    if (needed === 'open') return;
    const admission = await access.admit(request.headers.authorization, needed);
    if (admission.kind !== 'granted') return refuse(reply, admission);
    request.grant = admission.grant;
  });
}

/** Number of the project of the one who asks. */
export function projectOf({ grant }: FastifyRequest): number {
  if (grant === null) throw new Error('an open route asked for the project of its caller');
  return grant.projectId;
}

function refuse(reply: FastifyReply, admission: Exclude<Admission, { kind: 'granted' }>) {
  const error = admission.kind === 'refused' ? admission.why : 'undecided';
  if (error === 'unauthenticated') reply.header('www-authenticate', 'Bearer');
  return reply.code(STATUS[error]).send({ error, message: admission.message });
}
