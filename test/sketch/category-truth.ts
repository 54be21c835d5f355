import assert from 'node:assert/strict';
import { Categories } from '@tidemark/sketch';

/** A Categories of `keys`. */
export function categoriesOf(keys: Iterable<string>, cap?: number): Categories {
  const categories = new Categories(cap === undefined ? {} : { cap });
  for (const key of keys) categories.add(key);
  return categories;
}

/** What `categories` is after a journey through bytes. */
export function sent(categories: Categories): Categories {
  return Categories.fromBytes(categories.toBytes());
}

/** How often each key really occurs. */
export function trueCounts(keys: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** Asserts what holds of every Categories, given all that went into it. */
export function assertBounds(categories: Categories, keys: readonly string[]): void {
  const truth = trueCounts(keys);
  const entries = categories.entries();
  const listed = new Set(entries.map(({ key }) => key));
  const sum = entries.reduce((total, { count }) => total + count, 0);
  assert.equal(categories.total, keys.length);
  assert.equal(sum + categories.other, keys.length);
  assert.ok(categories.other >= 0);
  assert.ok(entries.length <= categories.cap && entries.length === categories.size);
  for (const { key, count, overCount } of entries) {
    const real = truth.get(key) ?? 0;
    const [least, most] = [count - overCount, count + categories.underCount];
    if (least > real || real > most || least < 1) assert.fail(`${key} occurred ${real} times, not ${least} to ${most}`);
  }
  for (const [key, real] of truth) {
    if (listed.has(key)) continue;
    if (real > categories.unlistedMost) assert.fail(`${key} occurred ${real} times, unlisted`);
  }
  if (categories.exact) assert.deepEqual([categories.unlistedMost, categories.underCount, categories.other], [0, 0, 0]);
}

/** Asserts that every key of more than 1 / cap of the total is listed, and that the bounds say so. */
export function assertFrequentListed(categories: Categories, keys: readonly string[]): void {
  const share = keys.length / categories.cap;
  assert.ok(categories.unlistedMost <= share, `${categories.unlistedMost} of ${keys.length} unlisted`);
  for (const [key, real] of trueCounts(keys)) {
    if (real > share) assert.ok(categories.count(key) >= real, `${key} is ${real} of ${keys.length}`);
  }
}

/** Merges all of `sides` into one, through bytes, in the order of a random tree. */
export function mergedInAnyOrder(sides: readonly Categories[], random: () => number): Categories {
  const left = sides.map(sent);
  while (left.length > 1) {
    const [one] = left.splice(Math.floor(random() * left.length), 1);
    const at = Math.floor(random() * left.length);
    left[at]!.merge(one!);
    left[at] = sent(left[at]!);
  }
  return left[0] ?? new Categories();
}
