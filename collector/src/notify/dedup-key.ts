import { createHash } from 'node:crypto';

/**
 * Names one life of an alert at one receiver: the same for its firing, every repeat and its
 * resolve, so that a receiver can put them together and a repetition after a crash does no harm.
 * 64 hexadecimal characters (PagerDuty takes up to 255).
 */
export function dedupKey(receiver: string, fingerprint: string, episode: number): string {
  return createHash('sha256')
    .update(JSON.stringify([receiver, fingerprint, episode]))
    .digest('hex');
}
