const words = new Uint32Array(2);

/** A double whose bits are read and written as two words of 32; good until the next use. */
export const cellDouble: Float64Array = new Float64Array(words.buffer);
/** A float32 in the first word of the same cell. */
export const cellFloat: Float32Array = new Float32Array(words.buffer);
/** The words of the cell. */
export const cellWords: Uint32Array = words;

cellDouble[0] = 1;
/** Which word of a double holds sign, exponent and 20 bits of the mantissa, and which the other 32. */
export const HIGH: 0 | 1 = words[1] === 0 ? 0 : 1;
export const LOW: 0 | 1 = HIGH === 1 ? 0 : 1;
