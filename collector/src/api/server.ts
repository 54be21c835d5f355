import { Server as HttpsServer } from 'node:https';
import swagger from '@fastify/swagger';
import { LIMITS } from '@tidemark/proto';
import { type FastifyBaseLogger, type FastifyInstance, fastify } from 'fastify';
import type { Access } from '../access/access.ts';
import type { Clock } from '../clock.ts';
import { CollectorError, messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Health } from '../telemetry/health.ts';
import { type Certificates, secureContext } from '../tls/certificate-files.ts';
import type { CertificateSource } from '../tls/renewed-certificates.ts';
import type { ApiSource, OutcomeTaker, SettingsKeeper } from './api-source.ts';
import { guardRoutes, projectOf } from './guard-routes.ts';
import type { SourceOf } from './project-source.ts';
import type { RequestObserver } from './request-observer.ts';
import { addAlertRoutes } from './routes/alerts.ts';
import { addEventRoutes } from './routes/events.ts';
import { addHealthRoutes } from './routes/health.ts';
import { addMetricsRoute, type MetricsSource } from './routes/metrics.ts';
import { addModelRoutes } from './routes/models.ts';
import { addPostOutcomesRoute } from './routes/post-outcomes.ts';
import { addRuleRoutes } from './routes/rules.ts';
import { addSettingsRoutes } from './routes/settings.ts';
import type { RuleDesk } from './rule-desk.ts';

/** What the API needs of the rest of the collector. */
export type ApiDesk = {
  /** What may be read of a project, by its number. */
  readonly source: (projectId: number) => ApiSource;
  readonly access: Access;
  readonly outcomes: OutcomeTaker;
  readonly settings: SettingsKeeper;
  readonly rules: RuleDesk;
  readonly health: Health;
  /** absent = plain. Authorities of clients are not for this port: people and dashboards come with tokens. */
  readonly tls?: CertificateSource | undefined;
  /** The collector's own, for outcomes that do not say when they became known. */
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: MetricsSource;
  readonly observer?: RequestObserver;
};

/** The HTTP side of the collector. */
export class ApiServer {
  readonly #address: string;
  readonly #app: FastifyInstance;
  #port: number | undefined;

  private constructor(address: string, app: FastifyInstance) {
    this.#address = address;
    this.#app = app;
  }

  static async create(address: string, desk: ApiDesk): Promise<ApiServer> {
    const logger: FastifyBaseLogger = desk.log.child({ room: 'api' }, { level: 'warn' });
    const app: FastifyInstance = fastify({
      loggerInstance: logger,
      forceCloseConnections: 'idle',
      ...(desk.tls !== undefined && { https: contextOf(desk.tls.current) }),
      // The longest name of a model.
      routerOptions: { maxParamLength: LIMITS.maxNameBytes },
    });
    desk.tls?.onRenewed((certificates) => {
      if (app.server instanceof HttpsServer) app.server.setSecureContext(contextOf(certificates));
    });
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: { title: 'Tidemark collector', version: '1', description: 'What is kept, judged and told.' },
      },
    });
    guardRoutes(app, desk.access);
    const sourceOf: SourceOf = (request) => desk.source(projectOf(request));
    if (desk.observer !== undefined) observeRequests(app, desk.observer);
    addHealthRoutes(app, desk.health);
    addMetricsRoute(app, desk.metrics);
    addModelRoutes(app, sourceOf);
    addEventRoutes(app, sourceOf);
    addPostOutcomesRoute(app, desk.outcomes, desk.clock);
    addSettingsRoutes(app, desk.settings);
    addAlertRoutes(app, sourceOf);
    addRuleRoutes(app, desk.rules);
    app.get('/api/v1/openapi.json', { config: { scope: 'open' }, schema: { hide: true } }, () => app.swagger());
    app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
      const status = error.statusCode ?? 500;
      if (status >= 500) request.log.error({ reason: error.message, url: request.url }, 'request failed');
      // What went wrong inside is for the log; only what the caller did wrong goes back.
      const message = status >= 500 ? 'the collector could not answer; its log says why' : error.message;
      reply.code(status).send({ error: status >= 500 ? 'internal' : 'bad_request', message });
    });
    app.setNotFoundHandler((request, reply) => {
      reply
        .code(404)
        .send({ error: 'not_found', message: `there is nothing at ${request.url}; see /api/v1/openapi.json` });
    });
    return new ApiServer(address, app);
  }

  /** Port in use; known after `start`. */
  get port(): number | undefined {
    return this.#port;
  }

  /** @throws {CollectorError} `PORT_IN_USE`. */
  async start(): Promise<void> {
    const colon = this.#address.lastIndexOf(':');
    const host = this.#address.slice(0, colon).replace(/^\[|\]$/g, '');
    try {
      await this.#app.listen({ host, port: Number(this.#address.slice(colon + 1)) });
    } catch (error) {
      const text = `cannot listen for HTTP on ${this.#address}: ${messageOf(error)}. Is another collector running? Choose another address with the setting http.`;
      throw new CollectorError('PORT_IN_USE', text, { cause: error });
    }
    const address = this.#app.server.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
  }

  async stop(): Promise<void> {
    await this.#app.close();
  }
}

function observeRequests(app: FastifyInstance, observer: RequestObserver): void {
  app.addHook('onResponse', async (request, reply) => {
    const { traceparent } = request.headers;
    observer({
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      durationMs: reply.elapsedTime,
      traceparent: typeof traceparent === 'string' ? traceparent : null,
    });
  });
}

function contextOf(certificates: Certificates) {
  return secureContext({ ...certificates, clientCa: null });
}
