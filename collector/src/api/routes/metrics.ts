import type { FastifyInstance } from 'fastify';
import Type from 'typebox';

/** Says what the collector has counted, from memory. */
export type MetricsSource = { metricsText(): Promise<string> };

/** The version of the text format, without which Prometheus 3 refuses it. */
const TEXT_FORMAT = 'text/plain; version=0.0.4; charset=utf-8';

/** For Prometheus. It holds no name of a model, a field or a receiver, so it needs no token. */
export function addMetricsRoute(app: FastifyInstance, metrics: MetricsSource): void {
  app.get(
    '/metrics',
    {
      config: { scope: 'open' },
      schema: {
        summary: 'Metrics of the collector, in the text format of Prometheus',
        response: { 200: Type.String() },
      },
    },
    async (_request, reply) => {
      reply.header('content-type', TEXT_FORMAT);
      return metrics.metricsText();
    },
  );
}
