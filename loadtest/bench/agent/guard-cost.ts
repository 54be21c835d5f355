import { createAgent, type GuardOptions } from '@tidemark/agent';
import { median } from '../spread.ts';
import type { Effort } from './effort.ts';
import { type Features, NAMES, NUMERIC, requests } from './workload.ts';

/** What one kind of check adds to a call. */
export type GuardResult = {
  readonly check: string;
  /** Medians of the rounds, microseconds a call. */
  readonly usPerCall: number;
  /** The slowest call in a thousand. */
  readonly p999Us: number;
};

type Guarded = GuardOptions<[Features], { readonly y: number; readonly p: number }>;

const numbers = NAMES.slice(0, NUMERIC);
const fallback = { fallback: () => ({ y: 0, p: 0 }) };
const GUARDS: Readonly<Record<string, Guarded>> = {
  presence: { fields: numbers.map((field) => ({ field, required: true })) },
  type: { fields: numbers.map((field) => ({ field, type: 'number' })) },
  range: { fields: numbers.map((field) => ({ field, min: -1e9, max: 1e9 })) },
  'range, all violated': { fields: numbers.map((field) => ({ field, min: 1e9 })) },
  'range, fallback': { fields: [{ field: 'number_0', min: 1e9, action: 'fallback' }], ...fallback },
  category: { fields: [{ field: 'category_0', values: ['AA', 'UA', 'DL', 'WN', 'US', 'NW', 'CO', 'AS'] }] },
  pattern: { fields: [{ field: 'category_1', pattern: /^[A-Z]{3}$/ }] },
  relation: { relations: [{ name: 'order', fields: ['number_3', 'number_4'], check: '!=' }] },
  confidence: { confidence: { floor: 0.2 } },
  custom: {
    custom: [{ name: 'own', before: (features) => (features as Features).number_0 !== 5, action: 'annotate' }],
  },
  'custom that throws': { custom: [{ name: 'own', before: thrower(), action: 'annotate' }] },
};

/** Times calls with one kind of check against the same calls without, in turn. */
export function measureGuards({ checks, rounds }: Effort): GuardResult[] {
  const agent = createAgent({ collector: '127.0.0.1:1', model: { name: 'bench', version: '1' }, log: () => {} });
  const options = {
    features: (features: Features) => features,
    prediction: (answer: { y: number }) => answer.y,
    confidence: (answer: { p: number }) => answer.p,
  };
  const model = () => (features: Features) => ({ y: features.number_0 as number, p: 0.5 });
  const plain = agent.wrap(model(), options);
  const features = requests(64, 5);
  const calls = Math.ceil(checks / 10);
  const results = Object.entries(GUARDS).map(([check, guard]): GuardResult => {
    const guarded = agent.wrap(model(), { ...options, guard });
    const added: number[] = [];
    for (let round = -2; round < rounds; round++) {
      const [bareMs, guardedMs] = [time(plain, features, calls), time(guarded, features, calls)];
      if (round >= 0) added.push(((guardedMs - bareMs) * 1e3) / calls);
    }
    return { check, usPerCall: median(added), p999Us: slowest(guarded, features, calls) };
  });
  void agent.stop({ timeoutMs: 0 });
  return results;
}

function time(call: (features: Features) => unknown, features: readonly Features[], times: number): number {
  const startedMs = performance.now();
  for (let i = 0; i < times; i++) call(features[i % features.length]!);
  return performance.now() - startedMs;
}

function slowest(call: (features: Features) => unknown, features: readonly Features[], times: number): number {
  const took = new Float64Array(times);
  for (let i = 0; i < times; i++) {
    const startedMs = performance.now();
    call(features[i % features.length]!);
    took[i] = performance.now() - startedMs;
  }
  return took.sort()[Math.floor(times * 0.999)]! * 1e3;
}

function thrower(): () => boolean {
  // Made once: to make an error takes longer than everything that is measured.
  const error = new Error('theirs');
  return () => {
    throw error;
  };
}
