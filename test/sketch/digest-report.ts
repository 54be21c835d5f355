import { HOSTILE_STREAMS, STREAMS, seeded, take } from './datasets.ts';

/**
 * What digests of every stream come to when they are read, merged, written and asked, as text. The package is imported only
 * now, so that it finds the host as it is.
 */
export async function digestReport(): Promise<string> {
  const { Digest } = await import('@tidemark/sketch');
  const random = seeded(3);
  const lines = Object.entries({ ...STREAMS, ...HOSTILE_STREAMS }).map(([name, stream]) => {
    const held = new Digest();
    held.addAll(take(stream, 2_500));
    const delta = new Digest();
    delta.addAll(take(stream, 1_000, 2));
    const bytes = delta.toBytes();
    held.merge(Digest.over(bytes));
    const faults = Array.from({ length: 20 }, () => {
      const spoilt = Uint8Array.from(bytes);
      spoilt[Math.floor(random() * 30)] = Math.floor(random() * 256);
      try {
        return Digest.over(spoilt).count;
      } catch (error) {
        return (error as Error).message;
      }
    });
    const quantiles = held.quantiles([0, 0.05, 0.25, 0.5, 0.95, 1]);
    return `${name} ${Buffer.from(held.passingBytes()).toString('hex')} ${quantiles.join()} ${faults.join()}`;
  });
  return lines.join('\n');
}
