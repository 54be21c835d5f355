/*
 * Memory of the kernel, known to `sketch/src/kernel.ts` as well; its size stands in `build.js`. Every region holds doubles or words of one job; a list of
 * centroids is a row of pairs (mean, weight), the weight negative for an atom (see `sketch/src/centroid-list.ts`).
 */
/** How many values a digest collects before it sorts and merges them; chosen with the 21 + 11 bits of a word in `sort`. */
export const CHUNK: i32 = 2048;
/** No digest keeps more centroids than this. */
export const MAX_CENTROIDS: i32 = 1024;
const PAIR: i32 = 16;

/** i32: what the sort wants to be told with the next chunk of the same digest. */
export const SORT_MEMORY: i32 = 0;
/** u64: the smallest pattern. */
export const LEAST: i32 = 8;
/** f64[4]: smallest, largest, mean and sum of squares of what was pending. */
export const MOMENTS: i32 = 16;
/** f64[CHUNK]: the values to sort. */
export const PENDING: i32 = 64;
/** f64[CHUNK]: the same, ascending. */
export const SORTED: i32 = PENDING + CHUNK * 8;
/** pair[MAX_CENTROIDS]: what the digest keeps. */
export const KEPT: i32 = SORTED + CHUNK * 8;
/** pair[CHUNK + 1]: what comes in, the cells of a chunk and its spike, or the centroids of another digest. */
export const INCOMING: i32 = KEPT + MAX_CENTROIDS * PAIR;
/** pair[MAX_CENTROIDS + CHUNK + 1]: both, interleaved. */
export const JOINED: i32 = INCOMING + (CHUNK + 1) * PAIR;
/** u32[CHUNK] each: work space of the sort. */
export const WORDS: i32 = JOINED + (MAX_CENTROIDS + CHUNK + 1) * PAIR;
export const MOVED: i32 = WORDS + CHUNK * 4;
/** u32[2048] each: counts of digits. */
export const LOW_COUNTS: i32 = MOVED + CHUNK * 4;
export const HIGH_COUNTS: i32 = LOW_COUNTS + 2048 * 4;
/** f64, as many as there are pairs in JOINED and one: values of heavy atoms. In the place of what sorts, which is done by then. */
export const HEAVY: i32 = WORDS;
/** u64[CHUNK]: bit patterns. */
export const PATTERNS: i32 = HIGH_COUNTS + 2048 * 4;
/** i32[CHUNK]: where cells end. */
export const ENDS: i32 = PATTERNS + CHUNK * 8;
/** pair[MAX_CENTROIDS]: a list that is looked at. */
export const PASSING: i32 = ENDS + CHUNK * 4;

/** Of the byte form of a digest (`sketch/src/digest-bytes.ts`): what comes before its bits, and the longest there can be. */
export const HEADER_BYTES: i32 = 13;
export const MOST_BYTES: i32 = HEADER_BYTES + 16 + MAX_CENTROIDS / 8 + 4 + MAX_CENTROIDS * 17;
/** Planes are read and written by whole vectors, which may reach beyond the last byte. */
const BYTES_ROOM: i32 = ((MOST_BYTES + 15) & ~15) + 16;
/** u8[MOST_BYTES]: a byte form to read. */
export const BYTES: i32 = PASSING + MAX_CENTROIDS * PAIR;
/** u8[MOST_BYTES]: the one that was written. */
export const WRITTEN: i32 = BYTES + BYTES_ROOM;
/** f64[3]: weight and size rule (middle, tail) of what was read. */
export const TOLD: i32 = WRITTEN + BYTES_ROOM;
/** How many quantiles are asked at once at the most. */
export const MOST_SHARES: i32 = 16;
/** f64[MOST_SHARES]: shares that are asked, and then their quantiles. */
export const SHARES: i32 = TOLD + 4 * 8;

const COLUMN: i32 = MAX_CENTROIDS * 8;
/** u64[MAX_CENTROIDS] each: columns of a byte form. In the place of what is joined, as no list is merged meanwhile. */
export const ATOM_MEANS: i32 = JOINED;
export const ATOM_WEIGHTS: i32 = ATOM_MEANS + COLUMN;
export const PLAIN_WEIGHTS: i32 = ATOM_WEIGHTS + COLUMN;
export const CODES: i32 = PLAIN_WEIGHTS + COLUMN;
export const ESCAPES: i32 = CODES + COLUMN;
/** f64[2 * MAX_CENTROIDS] each: points of a curve, in the same place. */
export const DRAWN_X: i32 = JOINED;
export const DRAWN_WEIGHTS: i32 = DRAWN_X + 2 * COLUMN;
