import { measureNamed } from './measure.ts';
import { at, entriesOf, type Raw, textAt } from './raw.ts';

/** The kinds of judgement of which a rule has exactly one. */
export const BLOCKS = ['drift', 'schema', 'confidence', 'latency', 'errors', 'silence', 'composite'] as const;
export type Block = (typeof BLOCKS)[number];

/** What `defaults` give to blocks, by the blocks that take it. Of `silence` the samples and the baseline mean something else. */
const OF_BLOCKS: Readonly<Record<string, readonly Block[]>> = {
  model: ['drift', 'schema', 'confidence', 'latency', 'errors', 'silence'],
  version: ['drift', 'schema', 'confidence', 'latency', 'errors'],
  window: ['drift', 'schema', 'confidence', 'latency', 'errors', 'silence'],
  widen_to: ['drift', 'schema', 'confidence', 'latency', 'errors'],
  min_samples: ['drift', 'schema', 'confidence', 'latency', 'errors'],
  baseline: ['drift', 'schema', 'confidence'],
  baseline_min_samples: ['drift', 'schema', 'confidence'],
};
/** What `defaults` give to rules. `annotations` are inherited one by one. */
const OF_RULES = ['for', 'keep_firing_for', 'occurrences', 'active', 'no_data', 'no_data_for', 'on_error'] as const;

/**
 * A rule with what it inherits: from the `defaults` of its group, then of the file. A default never replaces what is
 * written, and a baseline is given only to measures that need one, so that nothing changes its meaning unseen.
 * Takes the file as it was read, also where its form is wrong.
 */
export function inherit(rule: Raw, group: Raw, file: Raw): Raw {
  const layers = [at(file, 'defaults'), at(group, 'defaults')];
  const given: Record<string, Raw> = {};
  for (const key of OF_RULES) {
    for (const layer of layers) if (at(layer, key) !== undefined) given[key] = at(layer, key);
  }
  const annotations = Object.fromEntries([...layers, rule].flatMap((one) => entriesOf(at(one, 'annotations'))));
  const labels = Object.fromEntries([file, group, rule].flatMap((one) => entriesOf(at(one, 'labels'))));
  const blocks = BLOCKS.flatMap((block): [string, Raw][] => {
    const own = at(rule, block);
    return typeof own === 'object' && own !== null ? [[block, inheritBlock(block, own, layers)]] : [];
  });
  return { ...given, ...Object.fromEntries(entriesOf(rule)), annotations, labels, ...Object.fromEntries(blocks) };
}

function inheritBlock(block: Block, own: Raw, layers: readonly Raw[]): Raw {
  const given: Record<string, Raw> = {};
  for (const [key, blocks] of Object.entries(OF_BLOCKS)) {
    if (!blocks.includes(block) || (key === 'baseline' && !needsBaseline(own))) continue;
    for (const layer of layers) if (at(layer, key) !== undefined) given[key] = at(layer, key);
  }
  return { ...given, ...Object.fromEntries(entriesOf(own)) };
}

function needsBaseline(block: Raw): boolean {
  const name = textAt(block, 'method') ?? textAt(block, 'measure');
  return name !== null && measureNamed(name)?.baseline === 'required';
}

type Path = readonly (string | number)[];

/** Where what stands under a path of an inheriting rule was written; the rule's own place where it is nowhere. */
export function originOf(path: Path, file: Raw, g: number, r: number): Path {
  const group = step(at(file, 'groups'), g);
  const own = ['groups', g, 'rules', r];
  const rule = step(at(group, 'rules'), r);
  if (path.length === 0 || isThere(rule, path)) return [...own, ...path];
  const inDefaults = BLOCKS.some((block) => block === path[0]) ? path.slice(1) : path;
  const isLabel = path[0] === 'labels';
  const places: readonly (readonly [Path, Raw])[] = isLabel
    ? [
        [['groups', g], group],
        [[], file],
      ]
    : [
        [['groups', g, 'defaults'], at(group, 'defaults')],
        [['defaults'], at(file, 'defaults')],
      ];
  const found = places.find(([, raw]) => inDefaults.length > 0 && isThere(raw, inDefaults));
  return found === undefined ? [...own, ...path] : [...found[0], ...inDefaults];
}

function isThere(raw: Raw, path: Path): boolean {
  return path.reduce((inner: Raw, one) => step(inner, one), raw) !== undefined;
}

function step(raw: Raw, one: string | number): Raw {
  return Array.isArray(raw) ? raw[Number(one)] : at(raw, String(one));
}
