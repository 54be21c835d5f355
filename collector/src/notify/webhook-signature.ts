import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';
/** Standard Webhooks: a secret has between 24 and 64 bytes. */
const MIN_KEY_BYTES = 24;
const MAX_KEY_BYTES = 64;

/** The bytes of a `whsec_` secret, or null where it is not one. */
export function webhookKey(secret: string): Buffer | null {
  if (!secret.startsWith(PREFIX)) return null;
  const text = secret.slice(PREFIX.length);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  const key = Buffer.from(text, 'base64');
  return key.length >= MIN_KEY_BYTES && key.length <= MAX_KEY_BYTES ? key : null;
}

/**
 * Value of `webhook-signature`: for each key `v1,` and the base64 of
 * HMAC-SHA256(key, id.timestamp.body), separated by spaces (Standard Webhooks, "Signature scheme").
 * `seconds` is the time of this attempt in seconds since the epoch.
 */
export function webhookSignature(keys: readonly Buffer[], id: string, seconds: number, body: string): string {
  const signed = `${id}.${seconds}.${body}`;
  return keys.map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`).join(' ');
}
