import { AgentError, type Mistake, optionsInvalid, show } from '../errors.ts';
import type { VersionName } from '../losses.ts';
import type { ModelOptions } from '../model-options.ts';
import { isFunction, isObject, isWhole, type OptionRow, readOptions } from '../option-table.ts';
import { isShare, Share } from './share.ts';
import { isWrapped } from './wrap.ts';
import { WRAP_TABLE, type WrapOptions } from './wrap-options.ts';

type Extractors<A extends readonly unknown[], R> = Pick<
  WrapOptions<A, R>,
  'input' | 'features' | 'prediction' | 'confidence'
>;

/** The other side of a comparison: its own model version, and extractors where those of the first do not fit. */
export type Contender<A extends readonly unknown[] = readonly unknown[], R = unknown> = Extractors<A, R> & {
  readonly model: ModelOptions;
};

type Sharing<A extends readonly unknown[]> = {
  /** Share of calls, 0 to 1; a `Share` can be changed while calls are made. */
  readonly share?: number | Share;
  /** Names what always goes the same way, such as the user; without it chance decides. */
  readonly key?: (...args: A) => string | number;
};

/** Options of `shadow`: those of `wrap` for the champion, and how the challenger runs beside it. */
export type ShadowOptions<A extends readonly unknown[] = readonly unknown[], R = unknown> = WrapOptions<A, R> &
  Sharing<A> & {
    readonly challenger: Contender<A, R>;
    /** Whether two predictions agree; without it numbers by `tolerance`, all else by equality. */
    readonly compare?: (champion: never, challenger: never) => boolean;
    readonly tolerance?: number;
    readonly maxConcurrent?: number;
    readonly timeoutMs?: number;
    readonly copy?: boolean | ((...args: A) => readonly unknown[]);
  };

/** Options of `canary`: those of `wrap` for the stable function, and whom the candidate serves. */
export type CanaryOptions<A extends readonly unknown[] = readonly unknown[], R = unknown> = WrapOptions<A, R> &
  Sharing<A> & { readonly candidate: Contender<A, R> };

/** How a challenger runs, completed. */
export type ShadowSettings = {
  readonly share: Share;
  readonly key: ((...args: never[]) => unknown) | undefined;
  readonly compare: ((champion: never, challenger: never) => unknown) | undefined;
  readonly tolerance: number;
  readonly maxConcurrent: number;
  readonly timeoutMs: number;
  readonly copy: boolean | ((...args: never[]) => unknown) | undefined;
};

/** Options of both sides of a comparison, each as `FunctionWatch` takes them. */
export type BothSides = {
  readonly first: WrapOptions;
  readonly second: WrapOptions & { readonly model: ModelOptions };
};

// What guards, names or samples a call for its caller is not done again for a run nobody waits for.
const NOT_FOR_CHALLENGERS = new Set(['guard', 'events', 'id']);

const contenderTable: readonly OptionRow[] = WRAP_TABLE.filter(({ name }) =>
  ['input', 'features', 'prediction', 'confidence', 'model'].includes(name),
).map((row) => (row.name === 'model' ? { ...row, required: true } : row));

const contender = (name: 'challenger' | 'candidate'): OptionRow => ({
  name,
  type: '{ model, input?, features?, prediction?, confidence? }',
  required: true,
  doc: 'its own model version, and extractors where the others do not fit',
  accepts: isObject,
  expected: 'an object',
  inside: (value, path, mistakes) => readOptions(contenderTable, value, path, mistakes),
});

const SHARING_ROWS: readonly OptionRow[] = [
  {
    name: 'share',
    type: 'number or Share',
    default: 1,
    doc: 'share of calls, 0 to 1; a `new Share(0.1)` can be `set` while calls are made',
    accepts: (value) => isShare(value) || value instanceof Share,
    expected: 'a number from 0 to 1, or a Share',
  },
  {
    name: 'key',
    type: '(...args) => string or number',
    doc: 'names what always goes the same way, in every process; else chance decides. Of a text the first 256 characters count',
    accepts: isFunction,
    expected: 'a function',
  },
];

/** Options of `shadow`, beside those of `wrap`. */
export const SHADOW_TABLE: readonly OptionRow[] = [
  contender('challenger'),
  ...SHARING_ROWS,
  {
    name: 'compare',
    type: '(champion, challenger) => boolean',
    doc: 'whether two predictions (without `prediction`, results) agree; else numbers by `tolerance`, all else by equality',
    accepts: isFunction,
    expected: 'a function',
  },
  {
    name: 'tolerance',
    type: 'number',
    default: 0,
    doc: 'how far apart numbers may be that agree',
    accepts: (value) => typeof value === 'number' && value >= 0,
    expected: 'a number, not negative',
  },
  {
    name: 'maxConcurrent',
    type: 'number',
    default: 4,
    doc: 'runs of the challenger under way; a call beyond is not shadowed, 1 to 1000',
    accepts: isWhole(1, 1_000),
    expected: 'a whole number from 1 to 1000',
  },
  {
    name: 'timeoutMs',
    type: 'number',
    default: 10_000,
    doc: 'a run that takes longer counts as failed and no longer as under way, 1 to 600000',
    accepts: isWhole(1, 600_000),
    expected: 'a whole number from 1 to 600000',
  },
  {
    name: 'copy',
    type: 'boolean or (...args) => args',
    defaultText: 'buffers',
    doc: 'arguments of the challenger, taken before the champion runs: without it typed arrays and buffers among the arguments are copied and all else is passed as it is; `true` clones all (`structuredClone`), `false` nothing',
    accepts: (value) => typeof value === 'boolean' || isFunction(value),
    expected: 'true, false or a function',
  },
];

/** Options of `canary`, beside those of `wrap`. */
export const CANARY_TABLE: readonly OptionRow[] = [contender('candidate'), ...SHARING_ROWS];

/**
 * Checks the options of `shadow`.
 * @throws {AgentError} TIDEMARK_OPTION_INVALID, TIDEMARK_NOT_WRAPPABLE.
 */
export function readShadowOptions(champion: unknown, challenger: unknown, given: unknown): BothSides & ShadowSettings {
  const options = read('shadow', [champion, challenger], SHADOW_TABLE, given) as Completed<ShadowOptions>;
  const { key, compare, tolerance, maxConcurrent, timeoutMs, copy } = options;
  const sides = bothSides(options, SHADOW_TABLE, options.challenger, NOT_FOR_CHALLENGERS);
  return { ...sides, share: shareOf(options), key, compare, tolerance, maxConcurrent, timeoutMs, copy };
}

/** Checks the options of `canary`. @throws {AgentError} as `readShadowOptions`. */
export function readCanaryOptions(
  stable: unknown,
  candidate: unknown,
  given: unknown,
): BothSides & Pick<ShadowSettings, 'share' | 'key'> {
  const options = read('canary', [stable, candidate], CANARY_TABLE, given) as Completed<CanaryOptions>;
  return {
    ...bothSides(options, CANARY_TABLE, options.candidate, new Set()),
    share: shareOf(options),
    key: options.key,
  };
}

/**
 * Two sides under one version could not be told apart.
 * @throws {AgentError} TIDEMARK_OPTION_INVALID.
 */
export function checkApart(option: 'challenger' | 'candidate', first: VersionName, second: VersionName): void {
  if (first !== second) return;
  const got = `${second.model} ${second.version} again`;
  throw optionsInvalid(option, [{ option: `${option}.model`, expected: 'a model version of its own', got }]);
}

type Completed<T> = T & Required<Pick<ShadowOptions, 'share' | 'tolerance' | 'maxConcurrent' | 'timeoutMs'>>;

function read(what: string, functions: readonly unknown[], table: readonly OptionRow[], given: unknown): unknown {
  for (const fn of functions) {
    if (typeof fn === 'function' && !isWrapped(fn)) continue;
    const got = typeof fn === 'function' ? 'one that is wrapped already' : show(fn);
    throw new AgentError('TIDEMARK_NOT_WRAPPABLE', `${what}: expected two bare functions, got ${got}`);
  }
  const mistakes: Mistake[] = [];
  const options = readOptions([...WRAP_TABLE, ...table], given, '', mistakes);
  if (mistakes.length > 0) throw optionsInvalid(what, mistakes);
  return options;
}

function shareOf({ share }: { readonly share: number | Share }): Share {
  return typeof share === 'number' ? new Share(share) : share;
}

function bothSides(
  options: object,
  table: readonly OptionRow[],
  second: Contender,
  firstOnly: ReadonlySet<string>,
): BothSides {
  const own = new Set(table.map(({ name }) => name));
  const first = Object.entries(options).filter(([name]) => !own.has(name));
  const shared = first.filter(([name]) => name !== 'model' && !firstOnly.has(name));
  const given = Object.entries(second).filter(([, value]) => value !== undefined);
  return {
    first: Object.fromEntries(first),
    second: { ...Object.fromEntries(shared), ...Object.fromEntries(given) } as BothSides['second'],
  };
}
