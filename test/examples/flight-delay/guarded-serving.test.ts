import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { FieldCheck } from '@tidemark/agent';
import type { InferenceSession } from 'onnxruntime-node';
import type { Agent } from '../../../agent/src/agent.ts';
import { type AnswerLedger, countFallbacks, emptyLedger } from '../../../examples/flight-delay/src/answer-ledger.ts';
import { openModel } from '../../../examples/flight-delay/src/batch-run.ts';
import { trainBoostedTrees } from '../../../examples/flight-delay/src/boosted-trees.ts';
import { BASELINE_FROM, DAY } from '../../../examples/flight-delay/src/calendar.ts';
import { FEATURE_NAMES, FlightHistory, featureMatrix, requestOf } from '../../../examples/flight-delay/src/features.ts';
import { boundsOf } from '../../../examples/flight-delay/src/guard-bounds.ts';
import { guardedServing } from '../../../examples/flight-delay/src/guarded-serving.ts';
import { HourlyLateRates } from '../../../examples/flight-delay/src/hourly-late-rates.ts';
import type { Release } from '../../../examples/flight-delay/src/incidents.ts';
import { onnxModel } from '../../../examples/flight-delay/src/onnx-model.ts';
import type { Deployment } from '../../../examples/flight-delay/src/prepare.ts';
import { predictAll } from '../../../examples/flight-delay/src/tree-ensemble.ts';
import { FakeCollector } from '../../agent/fake-collector.ts';
import { makeAgent } from '../../agent/make-agent.ts';
import { madeFlights } from './made-flights.ts';

const flights = madeFlights(BASELINE_FROM, 10 * 24, 40);
const matrix = featureMatrix(flights, flights.count);
const late = Uint8Array.from(flights.delay, (minutes) => (minutes > 15 ? 1 : 0));
// Two releases that say different things, so that it shows which of them answered.
const ensembles = [10, 4].map((trees) => trainBoostedTrees(FEATURE_NAMES, matrix, late, { trees, seed: trees }));
const [ownFirst, ownSecond] = ensembles.map((ensemble) => predictAll(ensemble, matrix)) as [Float64Array, Float64Array];
const checks = boundsOf(flights, matrix);
const rates = new HourlyLateRates(flights, flights.count);
const ROWS = Array.from({ length: 300 }, (_, i) => flights.count - 300 + i);
const COLUMNS = ['route_delay', 'origin_delay', 'destination_delay', 'slot_delay', 'distance', 'hour'] as const;
const RELEASES: readonly Release[] = [
  { version: '1', from: 0 },
  { version: '2', from: BASELINE_FROM + DAY, columns: COLUMNS },
  { version: '3', from: BASELINE_FROM + 2 * DAY },
];

let sessions: InferenceSession[];
let collector: FakeCollector;
let agent: Agent;
let ledger: AnswerLedger;

before(async () => {
  sessions = await Promise.all(ensembles.map((ensemble) => openModel(onnxModel(ensemble, 'small'))));
  collector = await new FakeCollector().start();
});
beforeEach(async () => {
  collector.windows.clear();
  agent = makeAgent({ collector: collector.address, model: { name: 'other', version: '0' } });
  ledger = emptyLedger(flights.count);
});
after(() => collector.kill());

/** Serves the last flights by one of the releases, changed or not, and gives the collector what the agent has of it. */
async function serve(version: string, own: readonly FieldCheck[] = checks, lostOrigins = false): Promise<void> {
  const deployments = RELEASES.map((release, i): Deployment => {
    return { release, session: sessions[i === 0 ? 0 : 1]!, artifactSha256: '0'.repeat(64) };
  });
  const { fields = [], release } = guardedServing({ checks: own, deployments, rates, ledger });
  const deployment = deployments.find((one) => one.release.version === version)!;
  const model = agent.model({ name: 'flight-delay', version, fields });
  const answer = release(model, deployment, new FlightHistory(flights));
  const requests = ROWS.map((row) => ({ ...requestOf(flights, row), ...(lostOrigins && { origin: null }) }));
  await answer({ at: requests[0]!.date, requests, rows: ROWS, withheld: 0 });
  await agent.stop({ timeoutMs: 10_000 });
}

function differs(answers: Float32Array, own: Float64Array): number {
  return Math.max(...ROWS.map((row) => Math.abs(answers[row]! - own[row]!)));
}

test('fed with the wrong columns, a release is answered for by the one before it, with its own columns', async () => {
  await serve('2');
  assert.equal(countFallbacks(ledger), ROWS.length);
  assert.ok(differs(ledger.guarded, ownFirst) < 1e-5, 'the first release answers');
  assert.ok(differs(ledger.right, ownSecond) < 1e-5, 'what the second would have said of the right columns');
  assert.ok(differs(ledger.unguarded, ownSecond) > 0.05, 'what it says of the wrong ones');
});

test('fed with the right columns, the answers are the very ones of the unguarded release', async () => {
  await serve('3');
  assert.ok(countFallbacks(ledger) < 5, `${countFallbacks(ledger)}`);
  const passed = ROWS.filter((row) => ledger.fellBack[row] === 0);
  assert.ok(passed.every((row) => ledger.guarded[row] === ledger.unguarded[row]));
  assert.ok(differs(ledger.unguarded, ownSecond) < 1e-5);
  assert.deepEqual(ledger.right, ledger.unguarded);
});

const NEVER: readonly FieldCheck[] = [{ field: 'hour', max: -1 }];

test('a release that was withdrawn is not fallen back on', async () => {
  await serve('3', NEVER);
  assert.equal(countFallbacks(ledger), ROWS.length);
  assert.ok(differs(ledger.guarded, ownFirst) < 1e-5);
});

test('the first release has nothing before it but the rate of the hour', async () => {
  await serve('1', NEVER);
  for (const row of ROWS) assert.equal(ledger.guarded[row], Math.fround(rates.at(flights.time[row]!)));
  assert.ok(differs(ledger.unguarded, ownFirst) < 1e-5);
});

test('a value that is missing is not one that training never saw', async () => {
  await serve('1', [checks[0]!], true);
  assert.equal(countFallbacks(ledger), 0);
});

test('flights that were not asked about have no answers', async () => {
  await serve('1');
  const asked = new Set(ROWS);
  for (const column of [ledger.guarded, ledger.unguarded, ledger.right])
    assert.ok(column.every((p, row) => Number.isNaN(p) === !asked.has(row)));
});

test('the collector has every call once, by verdict, and can tell the share that fell back', async () => {
  await serve('2');
  assert.equal(collector.rows, ROWS.length);
  const verdict = collector.series('step:guard/verdict', '2');
  assert.deepEqual([verdict.kinds.valid, verdict.kinds.unseen], [ROWS.length, ROWS.length]);
  assert.equal(verdict.categories.count('fallback'), ROWS.length);
  const violation = collector.series('step:guard/violation', '2');
  assert.equal(violation.categories.count('range:feature/destination_delay'), ROWS.length);
  assert.ok(collector.series('feature/destination_delay', '2').moments.min > 50, 'distances, as they were fed');
  assert.throws(() => collector.series('prediction/delayed', '2'), /no series/, 'no answer of the release');
});

test('features are recorded and checked under the names by which the model reads them', async () => {
  await serve('3', NEVER);
  for (const [column, name] of FEATURE_NAMES.entries()) {
    const mean = ROWS.reduce((sum, row) => sum + matrix[row * FEATURE_NAMES.length + column]!, 0) / ROWS.length;
    const { moments } = collector.series(`feature/${name}`, '3');
    assert.ok(Math.abs(moments.mean - mean) < 1e-9 * Math.abs(mean), name);
  }
});

test('calls that pass are of the declared verdicts', async () => {
  await serve('3', [{ field: 'hour', min: 0 }]);
  const verdict = collector.series('step:guard/verdict', '3');
  assert.deepEqual([verdict.categories.count('pass'), verdict.kinds.unseen], [ROWS.length, 0]);
  assert.equal(collector.series('prediction/delayed', '3').kinds.valid, ROWS.length);
});
