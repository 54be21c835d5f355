import type { Trait } from './streams.ts';

/** A stream made real: the same kind of data several times over, so that nothing learns one sequence by heart. */
export type Column = {
  readonly name: string;
  readonly traits: readonly Trait[];
  readonly variants: readonly Float64Array[];
};

/** What decides whether a peer can take a column. */
export type Shape = { readonly hasNegative: boolean; readonly largest: number };

/** The shape of all variants together. */
export function shapeOf({ variants }: Column): Shape {
  let hasNegative = false;
  let largest = 0;
  for (const values of variants) {
    for (const value of values) {
      if (value < 0) hasNegative = true;
      if (value > largest) largest = value;
    }
  }
  return { hasNegative, largest };
}
