/*
 * Memory of the kernel, known to `sketch/src/kernel.ts` as well. Every region holds doubles or words of one job; a list of
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
