import { type ModelSession, runBatch } from './batch-run.ts';
import { FEATURE_NAMES, type FlightHistory, type FlightRequest } from './features.ts';

/** The answer to one flight. */
export type FlightAnswer = {
  readonly delayed: boolean;
  /** Of being delayed. */
  readonly probability: number;
  /** Probability of the answer given: the larger of probability and 1 - probability. */
  readonly confidence: number;
};

/** A request with its features in the order in which they are fed to the model. */
export type PreparedFlight = { readonly request: FlightRequest; readonly features: Float32Array };

/** Name of a feature. */
export type FeatureName = (typeof FEATURE_NAMES)[number];

/** How a release of the service feeds its model. */
export type ServiceOptions = {
  /** Features in the order of the fed columns; the model wants the order of FEATURE_NAMES, a faulty release has another. */
  readonly columns?: readonly FeatureName[];
  /** Most requests that share one run; 1 gives every request its own. */
  readonly maxBatch?: number;
};

/** The service around the model. */
export type FlightService = {
  /** Builds the features. Requests must come in the order of their dates. */
  readonly prepare: (request: FlightRequest) => PreparedFlight;
  readonly predict: (flight: PreparedFlight) => Promise<FlightAnswer>;
};

type Waiting = {
  readonly features: Float32Array;
  readonly resolve: (answer: FlightAnswer) => void;
  readonly reject: (cause: unknown) => void;
};

const MAX_BATCH = 32;

/**
 * Serves flights with a model session. Requests that arrive in the same turn of the event loop share a run, as in any server that batches;
 * a run that fails fails each of its requests with the same error.
 */
export function createService(
  session: ModelSession,
  history: FlightHistory,
  { columns = FEATURE_NAMES, maxBatch = MAX_BATCH }: ServiceOptions = {},
): FlightService {
  const width = FEATURE_NAMES.length;
  const order = columns.map((name) => FEATURE_NAMES.indexOf(name));
  const inOrder = order.every((from, to) => from === to);
  let waiting: Waiting[] = [];

  const prepare = (request: FlightRequest): PreparedFlight => {
    const features = new Float32Array(width);
    history.features(request, features);
    return { request, features: inOrder ? features : Float32Array.from(order, (from) => features[from]!) };
  };

  const flush = (): void => {
    const batch = waiting;
    waiting = [];
    if (batch.length > 0) void answerBatch(session, batch, width);
  };

  const predict = (flight: PreparedFlight): Promise<FlightAnswer> =>
    new Promise((resolve, reject) => {
      waiting.push({ features: flight.features, resolve, reject });
      if (waiting.length >= maxBatch) flush();
      else if (waiting.length === 1) setImmediate(flush);
    });

  return { prepare, predict };
}

async function answerBatch(session: ModelSession, batch: readonly Waiting[], width: number): Promise<void> {
  try {
    const rows = new Float32Array(batch.length * width);
    for (const [row, { features }] of batch.entries()) rows.set(features, row * width);
    const { labels, probabilities } = await runBatch(session, rows, width);
    for (const [row, { resolve }] of batch.entries()) resolve(answerOf(probabilities[row]!, labels[row] === 1n));
  } catch (cause) {
    for (const { reject } of batch) reject(cause);
  }
}

/** An answer from the model's probability of class 1 and its label. */
export function answerOf(probability: number, delayed: boolean): FlightAnswer {
  return { delayed, probability, confidence: Math.max(probability, 1 - probability) };
}
