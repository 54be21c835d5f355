/*
 * Numbers of `width` bytes each (1 to 8) as byte planes: all first (least significant) bytes, then all second bytes and so
 * on. Here they stand as words of 64 bits; 16 of them are taken at a time.
 */

/**
 * Fills `into` with the `n` numbers whose planes begin at `at`. Reads up to 15 bytes beyond them, and writes up to the next
 * multiple of 16 words.
 */
export function readPlanes(at: i32, n: i32, width: i32, into: i32): void {
  const none = i64x2.splat(0);
  for (const end = at + n; at < end; at += 16, into += 128) {
    const first = v128.load(at);
    const second = width > 1 ? v128.load(at + n) : none;
    const low = lowBytes(first, second);
    const high = highBytes(first, second);
    if (width <= 2) {
      storeHalves(into, low);
      storeHalves(into + 64, high);
      continue;
    }
    const third = v128.load(at + 2 * n);
    const fourth = width > 3 ? v128.load(at + 3 * n) : none;
    const lowRest = lowBytes(third, fourth);
    const highRest = highBytes(third, fourth);
    let upperLow = none;
    let upperHigh = none;
    let upperLowRest = none;
    let upperHighRest = none;
    if (width > 4) {
      const fifth = v128.load(at + 4 * n);
      const sixth = width > 5 ? v128.load(at + 5 * n) : none;
      const seventh = width > 6 ? v128.load(at + 6 * n) : none;
      const eighth = width > 7 ? v128.load(at + 7 * n) : none;
      upperLow = lowBytes(fifth, sixth);
      upperHigh = highBytes(fifth, sixth);
      upperLowRest = lowBytes(seventh, eighth);
      upperHighRest = highBytes(seventh, eighth);
    }
    storeWords(into, lowHalves(low, lowRest), lowHalves(upperLow, upperLowRest));
    storeWords(into + 32, highHalves(low, lowRest), highHalves(upperLow, upperLowRest));
    storeWords(into + 64, lowHalves(high, highRest), lowHalves(upperHigh, upperHighRest));
    storeWords(into + 96, highHalves(high, highRest), highHalves(upperHigh, upperHighRest));
  }
}

/** Writes the planes of the `n` words at `from` to `at` on. With n below 16, up to 15 bytes beyond them are overwritten. */
export function writePlanes(from: i32, n: i32, width: i32, at: i32): void {
  for (let i = 0; i < n; i += 16) {
    // The last 16 overlap those before them: beyond a plane stands the beginning of the next.
    if (n > 16 && i + 16 > n) i = n - 16;
    const words = from + (i << 3);
    const one = v128.load(words);
    const two = v128.load(words, 16);
    const three = v128.load(words, 32);
    const four = v128.load(words, 48);
    const five = v128.load(words, 64);
    const six = v128.load(words, 80);
    const seven = v128.load(words, 96);
    const eight = v128.load(words, 112);
    writeFour(
      evenWords(one, two),
      evenWords(three, four),
      evenWords(five, six),
      evenWords(seven, eight),
      n,
      width,
      at + i,
    );
    if (width > 4) {
      const upper = at + i + 4 * n;
      writeFour(
        oddWords(one, two),
        oddWords(three, four),
        oddWords(five, six),
        oddWords(seven, eight),
        n,
        width - 4,
        upper,
      );
    }
  }
}

/** Up to four planes of 16 numbers of 32 bits. */
function writeFour(a: v128, b: v128, c: v128, d: v128, n: i32, width: i32, at: i32): void {
  const low = evenHalves(a, b);
  const lowRest = evenHalves(c, d);
  v128.store(at, evenBytes(low, lowRest));
  if (width > 1) v128.store(at + n, oddBytes(low, lowRest));
  if (width <= 2) return;
  const high = oddHalves(a, b);
  const highRest = oddHalves(c, d);
  v128.store(at + 2 * n, evenBytes(high, highRest));
  if (width > 3) v128.store(at + 3 * n, oddBytes(high, highRest));
}

/** Eight numbers of 16 bits as words. */
function storeHalves(into: i32, halves: v128): void {
  const none = i64x2.splat(0);
  storeWords(into, lowHalves(halves, none), none);
  storeWords(into + 32, highHalves(halves, none), none);
}

/** Four words by their lower and upper 32 bits. */
function storeWords(into: i32, lower: v128, upper: v128): void {
  v128.store(into, v128.shuffle<u32>(lower, upper, 0, 4, 1, 5));
  v128.store(into, v128.shuffle<u32>(lower, upper, 2, 6, 3, 7), 16);
}

function lowBytes(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

function highBytes(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

function lowHalves(a: v128, b: v128): v128 {
  return v128.shuffle<u16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

function highHalves(a: v128, b: v128): v128 {
  return v128.shuffle<u16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

function evenBytes(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
}

function oddBytes(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
}

function evenHalves(a: v128, b: v128): v128 {
  return v128.shuffle<u16>(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
}

function oddHalves(a: v128, b: v128): v128 {
  return v128.shuffle<u16>(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
}

function evenWords(a: v128, b: v128): v128 {
  return v128.shuffle<u32>(a, b, 0, 2, 4, 6);
}

function oddWords(a: v128, b: v128): v128 {
  return v128.shuffle<u32>(a, b, 1, 3, 5, 7);
}
