import { Digest } from '@tidemark/sketch';

/** A digest of these values. */
export function digestOf(values: ArrayLike<number>): Digest {
  const digest = new Digest();
  digest.addAll(values);
  return digest;
}

/** Written by version 1, which has to stay readable: the bytes, and what the digest says. */
export const VERSION_1: Readonly<Record<string, { hex: string; count: number; quantiles: readonly number[] }>> = {
  empty: {
    hex: '01000000000000000000000000000000000000000000000000000000',
    count: 0,
    quantiles: [NaN, NaN, NaN],
  },
  'whole numbers': {
    hex: '011404000600000000000000000000000000f03f0000000000c072400f0000000000000000800040963f40404301030101',
    count: 6,
    quantiles: [1, 2, 300],
  },
  fractions: {
    hex: '0110030003000000000000009c7500883ce437fe333333333333d33f079c9a337599330099338899333c9933e4993337b9d3fe3f3f010101',
    count: 3,
    quantiles: [-1e300, 0.1, 0.3],
  },
  'folded, under a rule of its own': {
    hex: '011a0b00500000000000000000000000000000006666666666e63240000000000000e03f000000000000f03f07040000cd6600003b6600007f660000666600009e660000a0e600f0f632003f3f40c69fb189b93a84a3a028a8060869fe396f90afc9e53f404040404040010101030605080b081014',
    count: 80,
    quantiles: [0, 6.282254219055176, 18.9],
  },
};

/** Written by version 2; every later version has to read them. */
export const VERSION_2: Readonly<Record<string, { digest: () => Digest; hex: string }>> = {
  empty: { digest: () => new Digest(), hex: '02000000000000000000000000' },
  'whole numbers': {
    digest: () => digestOf([3, 1, 2, 2, 2, 300]),
    hex: '020401040006000000000000000f0000000000000000800040963f40404301030101',
  },
  fractions: {
    digest: () => digestOf([0.1, -1e300, 0.3]),
    hex: '02000103000300000000000000079c9a337599330099338899333c9933e4993337b9d3fe3f3f010101',
  },
  'folded, with a mean in full, under a rule of its own': {
    digest: () => {
      const digest = new Digest({ sizeRule: { middle: 0.5, tail: 1 } });
      digest.addAll(Array.from({ length: 600 }, (_, i) => Math.sqrt(i)));
      digest.addAll(Array.from({ length: 300 }, (_, i) => 1e9 + i / 1e4));
      digest.add(18.9, 20);
      return digest;
    },
    hex: '0202111e009803000000000000000000000000e03f000000000000f03f03400038000066367dc3000066cdd0d30000660303030000660000000000666565650000e6cdcdcd00f032cdcdcd003f40414141dfff0100965c2fc290db4d5879eddaee6e9fff05602bd05a19bbea6080808080818284858687888983a0ff686563605e5c595857cccc000065cdcd410101140101010202030406090e151f2f46699e8e5e3f2a1c130c08060603',
  },
};
