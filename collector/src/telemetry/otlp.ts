import {
  DiagLogLevel,
  diag,
  type Meter,
  metrics,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import {
  defaultResource,
  envDetector,
  hostDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources';
import { buildVersion } from './build-version.ts';
import { createExportLog, type WarningLog } from './export-log.ts';
import type { OtlpSignals } from './otlp-signals.ts';
import type { Spans } from './spans.ts';

/** The scope under which this program's instruments and spans go. */
export const SCOPE = 'tidemark-collector';

const KINDS = { internal: SpanKind.INTERNAL, server: SpanKind.SERVER, client: SpanKind.CLIENT } as const;

/** Exporting that is under way. `stop` answers whether everything got out. */
export type Otlp = {
  readonly meter: Meter | null;
  readonly spans: Spans;
  stop(timeoutMs: number): Promise<boolean>;
};

/**
 * Starts OpenTelemetry's SDK for Node, which reads everything else (protocol, headers, sampler, intervals) from the
 * standard variables of this process. It is loaded here and nowhere else: it costs a third of a second.
 */
export async function startOtlp(signals: OtlpSignals, log: WarningLog): Promise<Otlp> {
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const listen = () =>
    diag.setLogger(createExportLog(log), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  listen();
  const sdk = new NodeSDK({
    resource: defaultResource().merge(
      resourceFromAttributes({ 'service.name': SCOPE, 'service.version': buildVersion() }),
    ),
    // Not the one that tells the command line and its user. The environment comes last, and wins.
    resourceDetectors: [serviceInstanceIdDetector, hostDetector, envDetector],
    logRecordProcessors: [],
    ...(signals.traces ? {} : { spanProcessors: [] }),
    ...(signals.metrics ? {} : { metricReaders: [] }),
  });
  // Where OTEL_LOG_LEVEL is set, the SDK has just put the console in place of our log.
  listen();
  sdk.start();
  return {
    meter: signals.metrics ? metrics.getMeter(SCOPE, buildVersion()) : null,
    spans: signals.traces ? createSpans(trace.getTracer(SCOPE, buildVersion())) : null,
    stop: async (timeoutMs) => {
      const isOut = await settlesWell(sdk.shutdown(), timeoutMs);
      if (!isOut) log.warn({ timeoutMs }, 'the last telemetry did not get out in time');
      return isOut;
    },
  };
}

/** An endpoint that hangs must not hold up the end of the collector. */
async function settlesWell(shutdown: Promise<void>, timeoutMs: number): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), timeoutMs);
  const exported = shutdown.then(
    () => true,
    () => false,
  );
  const isOut = await Promise.race([exported, late.promise]);
  clearTimeout(timer);
  return isOut;
}

/** Writes spans after the fact, so that what happens inside the rooms needs to know nothing of tracing. */
function createSpans(tracer: Tracer): Spans {
  return {
    add({ name, kind = 'internal', durationMs, attributes, errorType, traceparent = null }) {
      const endTime = Date.now();
      const parent = traceparent === null ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, { traceparent });
      const options = { kind: KINDS[kind], startTime: endTime - durationMs, attributes };
      const span = tracer.startSpan(name, options, parent);
      if (errorType !== null) {
        span.setAttribute('error.type', errorType);
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end(endTime);
    },
  };
}
