import {
  type Agent,
  type AgentStats,
  createAgent,
  type FieldSchema,
  type ModelHandle,
  type ModelOptions,
} from '@tidemark/agent';
import { DAY, REPLAY_FROM } from './calendar.ts';
import { FEATURE_NAMES, FlightHistory } from './features.ts';
import type { Flights } from './flights.ts';
import { releaseAt } from './incidents.ts';
import { INPUT_NAME } from './onnx-model.ts';
import type { Deployment } from './prepare.ts';
import { type ReplayStep, replay } from './replay.ts';
import { createService } from './serve.ts';

/** Name of the model in the store. */
export const MODEL = 'flight-delay';

/** How often the agent is waited for, in flight time: no more than a day is ever on its way. */
const FLUSH_EVERY = DAY;
const FLUSH_TIMEOUT_MS = 120_000;

/** Answers the requests of a step; settles when all are answered. */
export type AnswerStep = (step: ReplayStep) => Promise<unknown>;

/** How the releases of the model are put into service. */
export type Serving = {
  /** What every version declares of its fields. */
  readonly fields?: readonly FieldSchema[];
  readonly release: (model: ModelHandle, deployment: Deployment, history: FlightHistory) => AnswerStep;
};

type ServeOptions = {
  readonly flights: Flights;
  readonly deployments: readonly [Deployment, ...Deployment[]];
  /** `host:port` of the collector. */
  readonly collector: string;
  readonly speedUp: number;
  readonly signal: AbortSignal;
  /** Watched and nothing else, unless told otherwise. */
  readonly serving?: Serving;
  /** Called at every new day of flights, before its flush is waited for. */
  readonly onDay: (day: number, flush: () => Promise<void>) => Promise<void>;
};

/** What was served, by our own count, and what the agent says of it. */
export type Served = {
  readonly rows: number;
  readonly byVersion: ReadonlyMap<string, number>;
  readonly stats: AgentStats;
};

/** Serves the flights of February to June through the ONNX runtime with the agent around it. */
export async function serveHistory(options: ServeOptions): Promise<Served> {
  const { flights, deployments, signal, serving = WATCHED } = options;
  // The agent lives in the time of the flights; live services leave the clock out.
  const clock = { time: REPLAY_FROM, now: () => clock.time };
  const agent = createAgent({
    collector: options.collector,
    service: 'flight-delay-demo',
    model: describe(deployments[0], serving.fields),
    windowMs: 3_600_000,
    clock,
  });
  const history = new FlightHistory(flights);
  const services = new Map(
    deployments.map((deployment) => [
      deployment.release.version,
      serving.release(agent.model(describe(deployment, serving.fields)), deployment, history),
    ]),
  );
  const byVersion = new Map<string, number>();
  let day = REPLAY_FROM;
  for await (const step of replay(flights, { speedUp: options.speedUp, signal })) {
    const { at, requests } = step;
    if (at >= day + FLUSH_EVERY) {
      day = Math.floor(at / DAY) * DAY;
      await options.onDay(day, () => flush(agent));
    }
    clock.time = at;
    const { version } = releaseAt(at);
    await (services.get(version) as AnswerStep)(step);
    byVersion.set(version, (byVersion.get(version) ?? 0) + requests.length);
  }
  await agent.stop({ timeoutMs: FLUSH_TIMEOUT_MS });
  const rows = [...byVersion.values()].reduce((sum, count) => sum + count, 0);
  return { rows, byVersion, stats: agent.stats() };
}

/** These lines are all that a service adds: one wrapper around its model, one around what it answers. */
function watched(model: ModelHandle, { release, session }: Deployment, history: FlightHistory): AnswerStep {
  // Columns are named as the model reads them, so that a wrong order shows.
  const seen = model.wrapSession(session, { role: 'step', features: { [INPUT_NAME]: FEATURE_NAMES } });
  const service = createService(seen, history, release.columns === undefined ? {} : { columns: release.columns });
  const predict = model.wrap(service.predict, {
    input: ({ request: { origin, destination, distance } }) => ({ origin, destination, distance }),
    prediction: ({ delayed }) => ({ delayed }),
    confidence: ({ confidence }) => confidence,
  });
  return ({ requests }) => Promise.all(requests.map((request) => predict(service.prepare(request))));
}

const WATCHED: Serving = { release: watched };

/** What answers, and what it was made of. */
function describe({ release, artifactSha256 }: Deployment, fields: readonly FieldSchema[] = []): ModelOptions {
  const dataset = { uri: 'vega-datasets/flights-3m.parquet', from: '2001-01-01', to: '2001-02-01' };
  return { name: MODEL, version: release.version, artifactSha256, dataset, fields };
}

async function flush(agent: Agent): Promise<void> {
  const { delivered } = await agent.flush({ timeoutMs: FLUSH_TIMEOUT_MS });
  if (!delivered)
    throw new Error(`the collector acknowledged nothing for ${FLUSH_TIMEOUT_MS / 1000} s; its log says why`);
}
