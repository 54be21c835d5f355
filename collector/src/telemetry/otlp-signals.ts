/** What is to be exported. */
export type OtlpSignals = { readonly traces: boolean; readonly metrics: boolean };

/**
 * What the environment asks to be exported: a signal goes out where an endpoint is named for it, or for all, and nothing
 * takes it back. Without an endpoint nothing is sent, though the specification would try one on this machine.
 */
export function otlpSignals(env: NodeJS.ProcessEnv): OtlpSignals {
  if (env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true') return { traces: false, metrics: false };
  const wants = (signal: 'TRACES' | 'METRICS') => {
    const endpoint = env[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`] || env.OTEL_EXPORTER_OTLP_ENDPOINT;
    return endpoint !== undefined && endpoint.trim() !== '' && env[`OTEL_${signal}_EXPORTER`]?.trim() !== 'none';
  };
  return { traces: wants('TRACES'), metrics: wants('METRICS') };
}
