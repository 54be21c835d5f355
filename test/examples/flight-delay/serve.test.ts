import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type ModelSession, openModel } from '../../../examples/flight-delay/src/batch-run.ts';
import { trainBoostedTrees } from '../../../examples/flight-delay/src/boosted-trees.ts';
import { BASELINE_FROM, DAY } from '../../../examples/flight-delay/src/calendar.ts';
import { FEATURE_NAMES, FlightHistory, featureMatrix, requestOf } from '../../../examples/flight-delay/src/features.ts';
import { onnxModel } from '../../../examples/flight-delay/src/onnx-model.ts';
import { createService, type FlightAnswer, type ServiceOptions } from '../../../examples/flight-delay/src/serve.ts';
import { predictAll } from '../../../examples/flight-delay/src/tree-ensemble.ts';
import { madeFlights } from './made-flights.ts';

const flights = madeFlights(BASELINE_FROM, 10 * 24, 40);
const rows = featureMatrix(flights, flights.count);
const late = Uint8Array.from(flights.delay, (minutes) => (minutes > 15 ? 1 : 0));
const ensemble = trainBoostedTrees(FEATURE_NAMES, rows, late, { trees: 10 });
const own = predictAll(ensemble, rows);
let session: ModelSession;

before(async () => {
  session = await openModel(onnxModel(ensemble, 'small'));
});

function watched(sizes: number[]): ModelSession {
  return {
    run: (feeds) => {
      sizes.push(feeds.features!.dims[0]!);
      return session.run(feeds);
    },
  };
}

function serveLast(count: number, over: ModelSession, options: ServiceOptions): Promise<FlightAnswer[]> {
  const service = createService(over, new FlightHistory(flights), options);
  const last = Array.from({ length: count }, (_, i) => requestOf(flights, flights.count - count + i));
  return Promise.all(last.map((request) => service.predict(service.prepare(request))));
}

test('answers are those of the model, each to its own request, alone or in a batch', async () => {
  const alone = await serveLast(200, session, { maxBatch: 1 });
  const together = await serveLast(200, session, { maxBatch: 64 });
  for (const [i, answer] of alone.entries()) {
    const p = own[flights.count - 200 + i]!;
    assert.ok(Math.abs(answer.probability - p) < 1e-5 && Math.abs(together[i]!.probability - p) < 1e-5);
    assert.equal(answer.delayed, answer.probability > 0.5);
    assert.equal(answer.confidence, Math.max(answer.probability, 1 - answer.probability));
  }
});

test('requests of one turn share runs of at most the batch size', async () => {
  const sizes: number[] = [];
  await serveLast(100, watched(sizes), { maxBatch: 32 });
  assert.deepEqual(sizes, [32, 32, 32, 4]);
  const single: number[] = [];
  await serveLast(5, watched(single), { maxBatch: 1 });
  assert.deepEqual(single, [1, 1, 1, 1, 1]);
});

test('a release with another column order feeds the model that order', async () => {
  const columns = [...FEATURE_NAMES].reverse();
  const right = createService(session, new FlightHistory(flights));
  const wrong = createService(session, new FlightHistory(flights), { columns });
  const request = { ...requestOf(flights, flights.count - 1), date: BASELINE_FROM + 9 * DAY };
  const [fed, fedWrongly] = [right.prepare(request).features, wrong.prepare(request).features];
  assert.deepEqual([...fedWrongly], [...fed].reverse());
  assert.notEqual(
    (await wrong.predict(wrong.prepare(request))).probability,
    (await right.predict(right.prepare(request))).probability,
  );
});

test('a run that fails fails every request in it, and the next ones are served', async () => {
  let calls = 0;
  const failing: ModelSession = {
    run: (feeds) => {
      calls += 1;
      return calls === 1 ? Promise.reject(new Error('device lost')) : session.run(feeds);
    },
  };
  const service = createService(failing, new FlightHistory(flights), { maxBatch: 2 });
  const request = requestOf(flights, 100);
  const asked = [1, 2, 3].map(() => service.predict(service.prepare(request)));
  const settled = await Promise.allSettled(asked);
  assert.deepEqual(
    settled.map(({ status }) => status),
    ['rejected', 'rejected', 'fulfilled'],
  );
});

test('a model with other outputs is refused with their names', async () => {
  const strange: ModelSession = { run: () => Promise.resolve({}) };
  const service = createService(strange, new FlightHistory(flights));
  await assert.rejects(
    service.predict(service.prepare(requestOf(flights, 0))),
    /label \(int64\) and probabilities \(float32\)/,
  );
});
