import { hash } from 'node:crypto';

/**
 * Identity of an alert: the SHA-256, in 64 hex digits, of its labels sorted by name. Names and values are written
 * with their lengths, so no two label sets run together. Values, baselines and times play no part.
 */
export function fingerprintOf(labels: Readonly<Record<string, string>>): string {
  let text = '';
  for (const name of Object.keys(labels).sort()) {
    const value = labels[name] ?? '';
    text += `${Buffer.byteLength(name)}:${name}${Buffer.byteLength(value)}:${value}`;
  }
  return hash('sha256', text);
}

/** How many are kept before those not asked for since are let go. */
const MOST_KEPT = 16_384;

/** Fingerprints of the same label sets asked for again and again: kept, some thousands of them, as they take longer than a step. */
export class Fingerprints {
  #kept = new Map<string, string>();
  #before = new Map<string, string>();

  of(labels: Readonly<Record<string, string>>): string {
    let key = '';
    for (const name in labels) {
      const value = labels[name]!;
      key += `${name.length}:${name}${value.length}:${value}`;
    }
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const fingerprint = this.#before.get(key) ?? fingerprintOf(labels);
    if (this.#kept.size === MOST_KEPT) {
      this.#before = this.#kept;
      this.#kept = new Map();
    }
    this.#kept.set(key, fingerprint);
    return fingerprint;
  }
}
