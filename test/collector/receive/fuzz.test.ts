import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { type Batch, BatchSchema, WireError } from '@tidemark/proto';
import { validate } from '../../../collector/src/ingest/validate.ts';
import { type Glance, glanceAt } from '../../../collector/src/receive/glance.ts';
import { ANY_TIME, HOUR, makeBatch, newSource, PROJECT, T0 } from '../../support/batches.ts';
import { seededRandom } from '../../support/random.ts';
import { batchWith } from '../ingest/sample-events.ts';

/** Inputs: TIDEMARK_FUZZ=1000000 takes some minutes. */
const INPUTS = Number(process.env.TIDEMARK_FUZZ ?? 20_000);
/** One input of some kilobytes, in ms; a collection of garbage, or another program on the core, may fall into it. */
const LONGEST_MS = 1_000;
/** What the heap may grow by between the first thousand inputs and any later moment, in bytes. */
const MAX_GROWTH = 200e6;

/** Batches of every kind of part: numbers exact, folded and in atoms, categories, vectors, events, outcomes, losses, descriptions. */
function originals(random: () => number): Buffer[] {
  const many = Array.from({ length: 800 }, () => random() * 1e9);
  const source = new Uint8Array(16).fill(7);
  const vectors = Array.from({ length: 8 }, () => Array.from({ length: 16 }, () => random()));
  const categories = Array.from({ length: 300 }, (_, i) => `k${i % 120}`);
  const batches = [
    makeBatch(source, 1, [
      { series: [{ values: [1, 2.5, Number.NaN, null, Number.POSITIVE_INFINITY] }, { field: 'd', values: many }] },
    ]),
    makeBatch(source, 2, [{ start: T0 + HOUR, series: [{ field: 'c', kind: 'category', values: categories }] }]),
    makeBatch(source, 3, [{ series: [{ field: 'v', kind: 'vector', values: vectors }] }]),
    { ...batchWith(newSource(), 4, { events: [{}, {}], outcomes: [{}] }), sourceId: source },
  ];
  const [first] = batches;
  first?.losses.push({ $typeName: 'tidemark.v1.Loss', model: 'm', version: '1', reason: 'stopped', count: 3n });
  return batches.map((batch) => Buffer.from(toBinary(BatchSchema, batch)));
}

/** One to four changes: a bit, a byte, bytes cut out, put in, repeated or taken from another batch, or the rest cut off. */
function mutate(bytes: Buffer, other: Buffer, random: () => number): Buffer {
  const below = (limit: number) => Math.floor(random() * limit);
  let mutated = Buffer.from(bytes);
  for (let left = 1 + below(3); left > 0 && mutated.length > 0; left--) {
    const at = below(mutated.length);
    const length = 1 + below(16);
    const [before, after] = [mutated.subarray(0, at), mutated.subarray(at)];
    const choice = random();
    if (choice < 0.4) mutated[at] = (mutated[at] ?? 0) ^ (1 << below(8));
    else if (choice < 0.8) mutated[at] = random() < 0.3 ? 255 : below(256);
    else if (choice < 0.84) mutated = Buffer.concat([before, after.subarray(length)]);
    else if (choice < 0.88) mutated = Buffer.concat([before, Buffer.alloc(length, below(256)), after]);
    else if (choice < 0.92) mutated = Buffer.concat([before, after.subarray(0, length), after]);
    else if (choice < 0.97)
      mutated = Buffer.concat([before, other.subarray(below(other.length)).subarray(0, 200), after]);
    else mutated = before;
  }
  return mutated;
}

/** A batch in which the bytes of one sketch alone were changed: what is around them is as it should be. */
function mutateSketch(bytes: Buffer, other: Buffer, random: () => number): Buffer {
  const batch = fromBinary(BatchSchema, bytes);
  const summaries = batch.windows.flatMap((window) => window.summaries);
  const summary = summaries[Math.floor(random() * summaries.length)];
  if (summary === undefined) return mutate(bytes, other, random);
  const filled = (['digest', 'moments', 'categories', 'projections'] as const).filter(
    (name) => summary[name].length > 0,
  );
  const name = filled[Math.floor(random() * filled.length)] ?? 'digest';
  summary[name] = Uint8Array.from(mutate(Buffer.from(summary[name]), other, random));
  return Buffer.from(toBinary(BatchSchema, batch));
}

/** The way of a message from the stream to the commit; what comes of it by name. */
function receive(bytes: Buffer): 'taken' | 'parts refused' | 'refused' | 'no message' {
  let glance: Glance;
  let message: Batch;
  try {
    glance = glanceAt(bytes);
    message = fromBinary(BatchSchema, bytes, { readUnknownFields: false });
  } catch (error) {
    return error instanceof WireError ? 'refused' : 'no message';
  }
  try {
    const batch = validate(message, ANY_TIME, PROJECT);
    assert.deepEqual([glance.source, glance.sequence], [batch.source, batch.sequence]);
    for (const { part, code, message: why } of batch.refusals) assert.ok(part !== '' && code !== '' && why !== '');
    for (const { summary } of batch.windows.flatMap(({ summaries }) => summaries)) {
      const { total } = summary.kinds;
      const sum = summary.clone();
      sum.merge(summary);
      assert.equal(sum.kinds.total, 2 * total);
    }
    return batch.refusals.length > 0 ? 'parts refused' : 'taken';
  } catch (error) {
    if (error instanceof WireError && error.message !== '') return 'refused';
    throw error;
  }
}

test(`of ${INPUTS} mutated batches each is taken or refused by name, in bounded time and memory`, (t) => {
  const random = seededRandom(20_010_101);
  const batches = originals(random);
  const seen = { taken: 0, 'parts refused': 0, refused: 0, 'no message': 0 };
  let slowest = { ms: 0, input: -1, bytes: 0 };
  let [heapAtFirst, mostHeap] = [0, 0];
  for (let input = 0; input < INPUTS; input++) {
    const pick = () => batches[Math.floor(random() * batches.length)] as Buffer;
    const bytes = (input % 2 === 0 ? mutate : mutateSketch)(pick(), pick(), random);
    const began = performance.now();
    try {
      seen[receive(bytes)] += 1;
    } catch (error) {
      assert.fail(`input ${input}, ${bytes.toString('base64')}: ${error instanceof Error ? error.stack : error}`);
    }
    const ms = performance.now() - began;
    // The first ones are slow because nothing is compiled yet.
    if (input >= 1_000 && ms > slowest.ms) slowest = { ms, input, bytes: bytes.length };
    if (input % 500 !== 0) continue;
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    if (input <= 1_000) heapAtFirst = heapUsed + arrayBuffers;
    else mostHeap = Math.max(mostHeap, heapUsed + arrayBuffers);
  }
  const growth = mostHeap - heapAtFirst;
  const figures = JSON.stringify({ ...seen, slowest, growthMegabytes: Math.round(growth / 1e6) });
  t.diagnostic(figures);
  assert.ok(
    Object.values(seen).every((count) => count > 0),
    figures,
  );
  assert.ok(slowest.ms < LONGEST_MS, figures);
  assert.ok(growth < MAX_GROWTH, figures);
});
