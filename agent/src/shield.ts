/**
 * The agent's one wall: what is behind it may fail without the host noticing. Returns `work` with every
 * exception turned into `undefined`, after telling `failed`, which must not throw.
 */
export function shielded<A extends readonly unknown[], R>(
  work: (...args: A) => R,
  failed: (error: unknown) => void,
): (...args: A) => R | undefined {
  return (...args) => {
    try {
      return work(...args);
    } catch (error) {
      failed(error);
      return undefined;
    }
  };
}
