import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { decodeEvent, LIMITS, RefusalSchema, Receipt_Status as Status, Stratum } from '@tidemark/proto';
import type { InferenceEvent, OutcomeRecord } from '../../../agent/src/events/event.ts';
import { Extras } from '../../../agent/src/export/extras.ts';
import { Losses } from '../../../agent/src/losses.ts';
import { readModel } from '../../../agent/src/model-options.ts';
import { ModelVersion } from '../../../agent/src/record/model-version.ts';
import { CODES, FakeCollector } from '../fake-collector.ts';
import { MINUTE, NOWHERE } from '../make-agent.ts';
import { makeExporter } from '../make-exporter.ts';

const WAIT = { timeoutMs: 10_000 };

/** A text as values of as many bytes together as it has: the wire takes 256 of one. */
function valuesOf(stage: string, field: string, text: string): { stage: string; field: string; value: string }[] {
  const pieces = text.match(/.{1,240}/gsu) ?? [''];
  return pieces.map((value, i) => ({ stage, field: i === 0 ? field : `${field}${i}`, value }));
}

function eventOf(version: ModelVersion, predictionId: string, text = 'x'): InferenceEvent<ModelVersion> {
  return {
    version,
    predictionId,
    atMs: MINUTE,
    stratum: 'low-confidence',
    weight: 2.5,
    slice: 'country=DE',
    latencyMs: 1.5,
    failed: true,
    values: [
      { stage: 'feature', field: 'n', value: 0.5 },
      ...valuesOf('feature', 't', text),
      { stage: 'feature', field: 'b', value: false },
      { stage: 'feature', field: 'gone', value: undefined },
    ],
    violations: [{ check: 'range', stage: 'feature', field: 'n', action: 'fallback' }],
    traceId: 'ab'.repeat(16),
    spanId: 'cd'.repeat(8),
  };
}

function outcomeOf(version: ModelVersion, predictionId: string, text = 'late'): OutcomeRecord<ModelVersion> {
  return { version, predictionId, atMs: MINUTE + 0.5, values: valuesOf('outcome', 'actual', text) };
}

const refusal = (part: string) => create(RefusalSchema, { part, code: 'malformed', message: 'no' });

describe('events and outcomes', () => {
  let collector: FakeCollector;
  let made: ReturnType<typeof makeExporter>;
  let version: ModelVersion;

  beforeEach(async () => {
    collector = await new FakeCollector().start();
    made = makeExporter(collector.address);
    version = made.version();
  });
  afterEach(async () => {
    await made.exporter.stop({ timeoutMs: 0 });
    collector.kill();
  });

  const outcomes = () => {
    const { accounts, pendingOutcomes } = made.exporter;
    const { givenOutcomes, sentOutcomes, droppedOutcomes } = accounts;
    assert.equal(givenOutcomes, sentOutcomes + pendingOutcomes + droppedOutcomes);
    return { given: givenOutcomes, sent: sentOutcomes, dropped: droppedOutcomes };
  };

  it('arrive whole and described, with nothing else to go with', async () => {
    made.exporter.pushEvents([eventOf(version, 'e1')]);
    made.exporter.pushOutcomes([outcomeOf(version, 'o1')]);
    assert.deepEqual(await made.exporter.flush(WAIT), { delivered: true, pending: 0 });
    const [event] = collector.events;
    const [outcome] = collector.outcomes;
    assert.deepEqual(
      event && [event.model, event.version, event.predictionId, Number(event.atUnixMs), event.stratum, event.weight],
      ['m', '1', 'e1', MINUTE, Stratum.LOW_CONFIDENCE, 2.5],
    );
    assert.deepEqual(
      event?.values.map(({ field, value }) => [field, value.case, value.value]),
      [
        ['n', 'number', 0.5],
        ['t', 'text', 'x'],
        ['b', 'flag', false],
        ['gone', undefined, undefined],
      ],
    );
    assert.deepEqual(event && [event.slice, event.latencyMs, event.failed, event.traceId, event.spanId], [
      'country=DE',
      1.5,
      true,
      'ab'.repeat(16),
      'cd'.repeat(8),
    ]);
    const { check, field, action } = event?.violations[0] ?? {};
    assert.deepEqual([check, field, action], ['range', 'n', 'fallback']);
    assert.deepEqual(outcome && [outcome.predictionId, Number(outcome.atUnixMs), outcome.values[0]?.value.value], [
      'o1',
      MINUTE,
      'late',
    ]);
    assert.ok(collector.described.has('m 1'));
    assert.deepEqual(outcomes(), { given: 1, sent: 1, dropped: 0 });
  });

  it('come once however often the line breaks', async () => {
    let restarted: Promise<unknown> = Promise.resolve();
    collector.answer = (_, nth) => {
      if (nth !== 1) return {};
      restarted = new Promise((resolve) => setImmediate(() => resolve(collector.start())));
      return 'cut-after-keeping';
    };
    made.exporter.pushEvents([eventOf(version, 'e1'), eventOf(version, 'e2')]);
    made.exporter.pushOutcomes([outcomeOf(version, 'o1')]);
    assert.equal((await made.exporter.flush(WAIT)).delivered, true);
    await restarted;
    assert.equal(collector.arrived.length, 2);
    assert.deepEqual([collector.events.length, collector.outcomes.length], [2, 1]);
    assert.deepEqual(outcomes(), { given: 1, sent: 1, dropped: 0 });
  });

  it('go after windows, in batches of about 512 KiB', async () => {
    const text = 'x'.repeat(10_000);
    made.exporter.pushEvents(Array.from({ length: 120 }, (_, i) => eventOf(version, `e${i}`, text)));
    made.exporter.push(made.window(version, 5));
    await made.exporter.flush(WAIT);
    const batches = collector.arrived.map(({ batch }) => batch);
    assert.equal(collector.events.length, 120);
    assert.deepEqual(
      batches.map(({ windows }) => windows.length),
      [1, 0, 0],
    );
    assert.deepEqual(
      collector.events.map(({ predictionId }) => predictionId),
      Array.from({ length: 120 }, (_, i) => `e${i}`),
    );
    for (const { events } of batches) assert.ok(events.length * 10_100 < LIMITS.targetBytes, `${events.length} events`);
  });

  it('that a receipt names as refused are counted, each once, and the rest as sent', async () => {
    const refusals = ['events[1]', 'events[1].values[0]', 'outcomes[0]', 'outcomes[7]', 'events[x]'].map(refusal);
    collector.answer = (_, nth) => (nth === 1 ? { refusals } : {});
    made.exporter.pushEvents([eventOf(version, 'e1'), eventOf(version, 'e2'), eventOf(version, 'e3')]);
    made.exporter.pushOutcomes([outcomeOf(version, 'o1'), outcomeOf(version, 'o2')]);
    assert.equal((await made.exporter.flush(WAIT)).delivered, false);
    assert.deepEqual([made.losses.total('event-refused'), made.losses.total('outcome-refused')], [1, 1]);
    assert.deepEqual(outcomes(), { given: 2, sent: 1, dropped: 1 });
    assert.equal(made.losses.lostRows, 0);
  });

  for (const how of ['batch', 'stream'] as const) {
    it(`are counted when the whole ${how} is refused`, async () => {
      const answer = how === 'batch' ? { status: Status.REFUSED } : { code: CODES.INVALID_ARGUMENT as number };
      collector.answer = (_, nth) => (nth === 1 ? answer : {});
      made.exporter.pushEvents([eventOf(version, 'e1')]);
      made.exporter.pushOutcomes([outcomeOf(version, 'o1'), outcomeOf(version, 'o2')]);
      assert.equal((await made.exporter.flush(WAIT)).delivered, false);
      assert.deepEqual([made.losses.total('event-refused'), made.losses.total('outcome-refused')], [1, 2]);
      assert.deepEqual(outcomes(), { given: 2, sent: 0, dropped: 2 });
    });
  }

  it('say what no number can: the collector takes them', async () => {
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const values = odd.map((value, i) => ({ stage: 'feature', field: `x${i}`, value }));
    made.exporter.pushEvents([{ ...eventOf(version, 'e'), values }]);
    await made.exporter.flush(WAIT);
    const [event = assert.fail()] = collector.events;
    assert.deepEqual(
      decodeEvent(event).values.map(({ value }) => value),
      ['NaN', 'Infinity', '-Infinity'],
    );
  });

  it('with text that is not well-formed, odd times and odd numbers do no harm', async () => {
    made.exporter.pushEvents([{ ...eventOf(version, 'e\ud800', '\udc00'), atMs: Number.NaN, weight: Number.NaN }]);
    made.exporter.pushEvents([{ ...eventOf(version, 'e2'), values: null as never }]);
    made.exporter.pushOutcomes([{ ...outcomeOf(version, 'o'), atMs: -1 }]);
    await made.exporter.flush(WAIT);
    assert.deepEqual([collector.events.length, collector.outcomes.length], [1, 1]);
    assert.equal(collector.events[0]?.predictionId, 'e\ufffd');
    assert.equal(made.losses.total('event-budget'), 1);
  });
});

describe('events and outcomes without a collector', () => {
  const setUp = () => {
    const made = makeExporter('', { transport: NOWHERE, maxBytes: 400_000 });
    return { ...made, owner: made.version() };
  };

  it('stay within their part of the memory: the oldest events go, new outcomes are refused', async () => {
    const { exporter, losses, owner } = setUp();
    const text = 'x'.repeat(1_000);
    for (let i = 0; i < 500; i++) exporter.pushEvents([eventOf(owner, `e${i}`, text)]);
    for (let i = 0; i < 500; i++) exporter.pushOutcomes([outcomeOf(owner, `o${i}`, text)]);
    assert.ok(exporter.bytes <= 200_000, `${exporter.bytes} bytes wait`);
    const { accounts, pendingOutcomes } = exporter;
    assert.ok(pendingOutcomes > 50 && losses.total('event-budget') > 400);
    assert.equal(accounts.droppedOutcomes, 500 - pendingOutcomes);
    assert.equal(losses.total('outcome-budget'), accounts.droppedOutcomes);
    await exporter.stop({ timeoutMs: 0 });
    assert.deepEqual([losses.total('event-budget'), losses.total('outcome-budget')], [500, 500]);
  });

  it('events make room for windows', async () => {
    const { exporter, losses, owner, window } = setUp();
    const text = 'x'.repeat(1_000);
    for (let i = 0; i < 60; i++) exporter.pushEvents([eventOf(owner, `e${i}`, text)]);
    for (let minute = 0; minute < 1_990; minute++) exporter.push(window(owner, 1, minute));
    assert.ok(exporter.bytes <= 400_000);
    assert.deepEqual([losses.lostRows, losses.total('event-budget') > 0], [0, true]);
    await exporter.stop({ timeoutMs: 0 });
  });

  it('one that would not fit into a message is not taken, and after the stop none is', async () => {
    const { exporter, losses, owner } = setUp();
    exporter.pushEvents([eventOf(owner, 'e', 'x'.repeat(LIMITS.targetBytes))]);
    exporter.pushOutcomes([outcomeOf(owner, 'o', 'x'.repeat(LIMITS.targetBytes))]);
    assert.equal(exporter.bytes, 0);
    await exporter.stop({ timeoutMs: 0 });
    exporter.pushEvents([eventOf(owner, 'e')]);
    exporter.pushOutcomes([outcomeOf(owner, 'o')]);
    assert.deepEqual([losses.total('event-budget'), losses.total('outcome-budget')], [2, 2]);
  });
});

describe('extras of one batch', () => {
  it('are no more of a kind than the collector takes', () => {
    const extras = new Extras(64 * 1024 * 1024, () => assert.fail('all of them fit'));
    const version = new ModelVersion(readModel({ name: 'm', version: '1' }), new Losses());
    const outcomes = Array.from({ length: LIMITS.maxEvents + 10 }, (_, i) => outcomeOf(version, `o${i}`));
    extras.pushOutcomes(outcomes, 1);
    const sizes = [0, 1, 2].map(() => extras.take(() => true).outcomes.length);
    assert.deepEqual(sizes, [LIMITS.maxEvents, 10, 0]);
  });
});
