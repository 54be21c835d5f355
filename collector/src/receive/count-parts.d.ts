/**
 * Messages inside a batch, at most: more than an agent can put into its 512 KiB, and little in memory. The smallest that
 * an agent sends is a flag of stage `input` with a field of one letter, 14 bytes.
 */
export declare const MAX_PARTS = 40960;
/**
 * Counts what a batch claims to hold before anything is made of it: an empty window takes two bytes on the wire and
 * hundreds in memory, so that 4 MiB of them would take all there is.
 * @throws {WireError} `too_large`; any other error where the bytes are no message.
 */
export declare function checkPartCount(bytes: Uint8Array): void;
