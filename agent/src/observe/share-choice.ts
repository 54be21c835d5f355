import { hush } from '../shield.ts';
import type { Share } from './share.ts';

// Keys are identifiers. Of a longer text this much and the length count, so that no key holds up a call.
const MAX_KEY = 256;
const TWO_32 = 2 ** 32;

/** How calls are chosen: `key` names what always goes the same way, without it chance decides. */
export type ChoiceParts = {
  readonly key: ((...args: never[]) => unknown) | undefined;
  /** Keeps the choices of one pair of functions apart from those of another with the same keys. */
  readonly salt: string;
  readonly random: () => number;
  /** Told of a key that could not be read; such a call is not chosen. */
  readonly lose: () => void;
};

/**
 * Chooses a share of calls. By key the choice is the same in every process and at any time, and a key that is chosen
 * at one share is chosen at every larger one.
 */
export class ShareChoice {
  readonly #share: Share;
  readonly #parts: ChoiceParts;
  readonly #start: number;

  constructor(share: Share, parts: ChoiceParts) {
    this.#share = share;
    this.#parts = parts;
    this.#start = hash(0x811c9dc5, parts.salt);
  }

  /** Whether a call with these arguments is chosen. Never throws. */
  chosen(args: readonly unknown[]): boolean {
    const share = this.#share.value;
    if (share === 0) return false;
    const { key, random, lose } = this.#parts;
    if (key === undefined) return share === 1 || random() < share;
    let name: unknown;
    try {
      name = Reflect.apply(key, undefined, args);
    } catch {
      // The caller's own function; that it failed is counted below.
      name = undefined;
    }
    if (typeof name === 'string' || typeof name === 'number') return fractionOf(this.#start, String(name)) < share;
    hush(name);
    lose();
    return false;
  }
}

/** A key as a number from 0 up to, but not including, 1, evenly spread. */
function fractionOf(start: number, key: string): number {
  const text = key.length > MAX_KEY ? `${key.slice(0, MAX_KEY)}${key.length}` : key;
  // The finaliser of MurmurHash3 (Appleby, public domain): FNV alone leaves the high bits of short keys alike.
  let h = hash(start, text);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / TWO_32;
}

/** FNV-1a over UTF-16 code units (Fowler, Noll, Vo). */
function hash(start: number, text: string): number {
  let h = start;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
}
