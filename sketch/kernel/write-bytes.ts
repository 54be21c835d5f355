import { codeMeans, escaped } from './gap-code';
import { ATOM_MEANS, ATOM_WEIGHTS, CODES, ESCAPES, HEADER_BYTES, PLAIN_WEIGHTS, WRITTEN } from './layout';
import { writePlanes } from './planes';

/**
 * Writes the byte form, version 2, of the `n` centroids at `list`, which weigh `total`, to WRITTEN; returns how many bytes
 * it has. `ruleCode` is that of the size rule, 2 where it is written in full. The form is described in
 * `sketch/src/digest-bytes.ts`.
 */
export function writeDigest(list: i32, n: i32, total: f64, ruleCode: i32, middle: f64, tail: f64): i32 {
  let at: i32 = WRITTEN + HEADER_BYTES;
  if (ruleCode === 2) {
    store<f64>(at, middle);
    store<f64>(at, tail, 8);
    at += 16;
  }
  const atoms = splitColumns(list, n, at);
  const plain = n - atoms;
  at += (n + 7) >> 3;
  const atomWidth: i32 = n > 0 && narrow(atoms) ? 4 : 8;
  const atomWeightWidth = bytesOf(atomWeightBits);
  const plainWeightWidth = bytesOf(plainWeightBits);
  store<u8>(WRITTEN, 2);
  store<u8>(WRITTEN, ruleCode | (atomWidth === 4 ? 4 : 0), 1);
  store<u8>(WRITTEN, atomWeightWidth | (plainWeightWidth << 4), 2);
  store<u16>(WRITTEN, n, 3);
  store<u64>(WRITTEN, <u64>total, 5);

  // In this order: what is written to a plane may reach into the next.
  writePlanes(ATOM_MEANS, atoms, atomWidth, at);
  at += atoms * atomWidth;
  if (plain > 0) {
    store<i16>(at, codeMeans(list, n));
    store<u16>(at, escaped, 2);
    at += 4;
    writePlanes(CODES, plain, 2, at);
    at += plain * 2;
    writePlanes(ESCAPES, escaped, 8, at);
    at += escaped * 8;
  }
  writePlanes(ATOM_WEIGHTS, atoms, atomWeightWidth, at);
  at += atoms * atomWeightWidth;
  writePlanes(PLAIN_WEIGHTS, plain, plainWeightWidth, at);
  return at + plain * plainWeightWidth - WRITTEN;
}

/** All bits that are set in any weight: the highest is that of the heaviest. */
let atomWeightBits: u64 = 0;
let plainWeightBits: u64 = 0;

/** Sorts the list into its columns but for codes, and its bits to `bits` on; returns how many atoms there are. */
function splitColumns(list: i32, n: i32, bits: i32): i32 {
  let atom: i32 = ATOM_MEANS;
  let plain: i32 = PLAIN_WEIGHTS;
  let anyAtom: u64 = 0;
  let anyPlain: u64 = 0;
  let set: i32 = 0;
  for (let i = 0; i < n; i++, list += 16) {
    const signed = load<f64>(list, 8);
    const weight = <u64>(<i64>abs(signed));
    const isAtom = <i32>(signed < 0);
    if (isAtom) {
      store<f64>(atom, load<f64>(list));
      store<u64>(atom, weight, ATOM_WEIGHTS - ATOM_MEANS);
      atom += 8;
      anyAtom |= weight;
    } else {
      store<u64>(plain, weight);
      plain += 8;
      anyPlain |= weight;
    }
    set |= isAtom << (i & 7);
    // Those that are not full yet are written again.
    store<u8>(bits + (i >> 3), set);
    if ((i & 7) === 7) set = 0;
  }
  atomWeightBits = anyAtom;
  plainWeightBits = anyPlain;
  return (atom - ATOM_MEANS) >> 3;
}

/** Makes float32 of the doubles in ATOM_MEANS where each of them is one; false, changing nothing, otherwise. */
function narrow(atoms: i32): bool {
  const end = ATOM_MEANS + (atoms << 3);
  for (let at = ATOM_MEANS; at < end; at += 8) {
    const mean = load<f64>(at);
    if (<f64>(<f32>mean) !== mean) return false;
  }
  for (let at = ATOM_MEANS; at < end; at += 8) store<u64>(at, <u64>reinterpret<u32>(<f32>load<f64>(at)));
  return true;
}

/** Bytes of weights; 0 where there are none, as none is 0. */
function bytesOf(bits: u64): i32 {
  return (71 - <i32>clz<u64>(bits)) >> 3;
}
