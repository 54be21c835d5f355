import { type FieldCheck, type FieldSchema, type ModelHandle, verdictOf } from '@tidemark/agent';
import type { AnswerLedger } from './answer-ledger.ts';
import type { FlightHistory, FlightRequest } from './features.ts';
import type { HourlyLateRates } from './hourly-late-rates.ts';
import type { Deployment } from './prepare.ts';
import { answerOf, createService, type FeatureName, type FlightAnswer, type FlightService } from './serve.ts';
import type { AnswerStep, Serving } from './serve-history.ts';

/** What the guard goes by, what it falls back on, and where the answers are written down. */
export type GuardedServingOptions = {
  readonly checks: readonly FieldCheck[];
  /** In the order of their releases. */
  readonly deployments: readonly Deployment[];
  readonly rates: HourlyLateRates;
  readonly ledger: AnswerLedger;
};

/** Answers in the place of a release. */
type Fallback = (request: FlightRequest) => Promise<FlightAnswer>;

/** Verdicts that leave the answer to the model; the share of others is what the rule GuardFallback judges. */
const FIELDS: readonly FieldSchema[] = [
  { stage: 'step:guard', field: 'verdict', kind: 'category', values: ['pass', 'annotate'] },
];

/**
 * Serves every release through a guard, and asks the same release once more without one, so that both can be compared.
 * Batches and sessions have no guard, so each request is guarded by itself and those that pass share a run of the model as before.
 */
export function guardedServing(options: GuardedServingOptions): Serving {
  const release = (model: ModelHandle, deployment: Deployment, history: FlightHistory): AnswerStep => {
    const unguarded = serviceOf(deployment, history);
    const right = createService(deployment.session, history);
    const { prepare, predict } = guardedService(model, deployment, history, options);
    const isFaulty = deployment.release.columns !== undefined;
    return async ({ requests, rows }) => {
      const asked = requests.map((request) => {
        const flight = prepare(request);
        const alone = unguarded.predict(flight);
        return [predict(flight), alone, isFaulty ? right.predict(right.prepare(request)) : alone] as const;
      });
      for (const [index, answers] of (await Promise.all(asked.map((three) => Promise.all(three)))).entries())
        writeDown(options.ledger, rows[index]!, answers);
    };
  };
  return { fields: FIELDS, release };
}

/** These lines are all that a service adds: what is fed to the model, and what to do where training saw nothing like it. */
function guardedService(
  model: ModelHandle,
  deployment: Deployment,
  history: FlightHistory,
  { checks, deployments, rates }: GuardedServingOptions,
): FlightService {
  const service = serviceOf(deployment, history);
  const fallback = fallbackOf(deployment, deployments, history, rates);
  const predict = model.wrap(service.predict, {
    input: ({ request: { origin, destination, distance } }) => ({ origin, destination, distance }),
    features: ({ features }) => asRead(features),
    prediction: ({ delayed }) => ({ delayed }),
    confidence: ({ confidence }) => confidence,
    guard: { fields: checks, action: 'fallback', fallback: ([{ request }]) => fallback(request) },
  });
  return { prepare: service.prepare, predict };
}

/**
 * The release before, with its own columns in their own order, as it would still be deployed; one that was withdrawn is passed over. Only the first
 * release has none: what is left there is how often flights of that hour were late in training.
 */
function fallbackOf(
  { release }: Deployment,
  deployments: readonly Deployment[],
  history: FlightHistory,
  rates: HourlyLateRates,
): Fallback {
  const before = deployments.filter((other) => other.release.from < release.from);
  const previous = before.findLast((other) => other.release.columns === undefined);
  if (previous === undefined) {
    return ({ date }) => {
      const rate = rates.at(date);
      return Promise.resolve(answerOf(rate, rate > 0.5));
    };
  }
  const service = serviceOf(previous, history);
  return (request) => service.predict(service.prepare(request));
}

function serviceOf({ release, session }: Deployment, history: FlightHistory): FlightService {
  return createService(session, history, release.columns === undefined ? {} : { columns: release.columns });
}

/** Columns by the names under which the model reads them, so that a wrong order shows. */
function asRead(row: Float32Array): Record<FeatureName, number | undefined> {
  return {
    distance: row[0],
    hour: row[1],
    route_delay: row[2],
    origin_delay: row[3],
    destination_delay: row[4],
    slot_delay: row[5],
  };
}

function writeDown(
  ledger: AnswerLedger,
  row: number,
  [served, unguarded, right]: readonly [FlightAnswer, FlightAnswer, FlightAnswer],
): void {
  ledger.guarded[row] = served.probability;
  ledger.unguarded[row] = unguarded.probability;
  ledger.right[row] = right.probability;
  ledger.fellBack[row] = verdictOf(served)?.action === 'fallback' ? 1 : 0;
}
