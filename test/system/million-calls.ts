import { type CallOptions, createAgent } from '@tidemark/agent';

// A program of its own: calls a function a million times through an agent and tells what became of calls, memory and counts.
type Request = { readonly i: number; readonly x: number; readonly kind: string };
type Answer = { readonly y: number; readonly p: number };

const { ADDRESS = '127.0.0.1:1', TROUBLE = 'none', CALLS = '1000000', COMES_BACK = '' } = process.env;
const calls = Number(CALLS);
const warmUp = Math.floor(calls / 5);
// Ten minutes of event time go by while the calls are made.
const OUTAGE_MS = 600_000;
const startMs = Date.UTC(2001, 1, 3, 4);
// Made once: to make an error takes longer than everything else here.
const theirs = new Error('theirs');
const boom = (): never => {
  throw theirs;
};
const troubles: Record<string, CallOptions<[Request], Answer | Promise<Answer>>> = {
  none: {},
  extractor: { features: boom, prediction: boom, confidence: boom, at: boom, slices: { bad: boom } },
  check: {
    guard: {
      fields: [{ field: 'x', max: 50 }],
      relations: [{ name: 'r', fields: ['x'], test: boom }],
      custom: [{ name: 'c', before: boom, after: boom, action: 'reject' }],
      onVerdict: boom,
    },
  },
};

let made = 0;
const agent = createAgent({
  collector: ADDRESS,
  model: { name: 'm', version: '1' },
  clock: { now: () => startMs + ((made - 1) / (calls + warmUp)) * OUTAGE_MS },
  flushIntervalMs: 100,
  log: () => {},
});
const answers = Array.from({ length: 64 }, (_, i): Answer => Object.freeze({ y: i * 2, p: i / 64 }));
const failure = new RangeError('theirs');
const bare = (request: Request): Answer | Promise<Answer> => {
  if (request.i % 1_000 === 999) throw failure;
  const answer = answers[request.i % 64] as Answer;
  return request.i % 3 === 0 ? Promise.resolve(answer) : answer;
};
const options: CallOptions<[Request], Answer | Promise<Answer>> = {
  features: (request) => ({ x: request.x, kind: request.kind }),
  prediction: (answer) => answer.y,
  confidence: (answer) => answer.p,
  ...troubles[TROUBLE],
};
const wrapped = agent.wrap(bare, options);

let changed = 0;
async function run(times: number): Promise<void> {
  for (let n = 0; n < times; n++) {
    const i = made++;
    const request: Request = { i, x: (i * 37) % 101, kind: `k${i % 9}` };
    try {
      const result = wrapped(request);
      if (result instanceof Promise !== (i % 3 === 0)) changed++;
      if ((await result) !== answers[i % 64] || i % 1_000 === 999) changed++;
    } catch (error) {
      if (error !== failure || i % 1_000 !== 999) changed++;
    }
    // A server's event loop turns, too.
    if (n % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

const heapOf = () => {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
};
await run(warmUp);
const before = heapOf();
await run(calls);
const grown = heapOf() - before;
const held = agent.stats();
const result = COMES_BACK === '' ? await agent.stop({ timeoutMs: 500 }) : await comeBack(COMES_BACK);
const { captured, sent, pending, dropped } = agent.stats();
const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
process.stdout.write(`${JSON.stringify({ changed, grown, captured, sent, pending, lost, dropped, held, result })}\n`);

/** Tells the parent that the calls are made, and waits for the collector that it starts then. */
async function comeBack(line: string) {
  process.stdout.write(`${line}\n`);
  for (;;) {
    const { delivered } = await agent.flush({ timeoutMs: 1_000 });
    if (delivered) return agent.stop();
  }
}
