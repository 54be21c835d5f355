import { CollectorError } from '../errors.ts';

/** What is to be exported. */
export type OtlpSignals = { readonly traces: boolean; readonly metrics: boolean };

const PROTOCOLS = ['http/protobuf', 'http/json', 'grpc'];
const NOTHING: OtlpSignals = { traces: false, metrics: false };

/**
 * What the environment asks to be exported: a signal goes out where an endpoint is named for it, or for all, and nothing
 * takes it back. Without an endpoint nothing is sent, though the specification would try one on this machine.
 * @throws {CollectorError} `CONFIG_INVALID` with every variable that the SDK would pass over in silence.
 */
export function otlpSignals(env: NodeJS.ProcessEnv): OtlpSignals {
  if (settingOf(env, 'OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return NOTHING;
  const wants = (signal: string) =>
    named(env, signal, 'ENDPOINT') !== undefined && settingOf(env, `OTEL_${signal}_EXPORTER`) !== 'none';
  const signals = { traces: wants('TRACES'), metrics: wants('METRICS') };
  const wanted = [...(signals.traces ? ['TRACES'] : []), ...(signals.metrics ? ['METRICS'] : [])];
  const mistakes = new Set(wanted.flatMap((signal) => mistakesOf(env, signal)));
  if (mistakes.size === 0) return signals;
  throw new CollectorError('CONFIG_INVALID', `the environment is not usable:\n${[...mistakes].join('\n')}`);
}

function mistakesOf(env: NodeJS.ProcessEnv, signal: string): string[] {
  const protocol = named(env, signal, 'PROTOCOL');
  if (protocol !== undefined && !PROTOCOLS.includes(protocol.value)) {
    return [`${protocol.name}: expected one of ${PROTOCOLS.join(', ')}, got ${JSON.stringify(protocol.value)}`];
  }
  const endpoint = named(env, signal, 'ENDPOINT');
  // With gRPC a bare host:port is an address as well. What came is not repeated: it may hold a password.
  if (endpoint === undefined || protocol?.value === 'grpc' || isHttp(endpoint.value)) return [];
  return [`${endpoint.name}: expected an address like http://collector:4318`];
}

function isHttp(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}

/** The variable of one signal, else that of all. */
function named(env: NodeJS.ProcessEnv, signal: string, what: string): { name: string; value: string } | undefined {
  for (const name of [`OTEL_EXPORTER_OTLP_${signal}_${what}`, `OTEL_EXPORTER_OTLP_${what}`]) {
    const value = settingOf(env, name);
    if (value !== undefined) return { name, value };
  }
  return undefined;
}

/** Empty means unset, as in the specification. */
function settingOf(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}
