import type { Receiver } from './receiver.ts';

const HIDDEN = '[redacted]';
/** Shorter pieces of a path are words, not keys, and hiding them would make messages unreadable. */
const MIN_SECRET = 6;

/**
 * Hides what a receiver must not give away in a text that came from outside, such as an error of
 * the network or an answer that repeats the request: its URL behind the host, every longer piece
 * of it, the routing key, the webhook secrets.
 */
export function redact(text: string, receiver: Receiver): string {
  let clean = text;
  for (const secret of secretsOf(receiver)) clean = clean.replaceAll(secret, HIDDEN);
  return clean;
}

/** Longest first, so that no secret is left half hidden by one that is part of it. */
function secretsOf(receiver: Receiver): string[] {
  const secrets = [...urlSecrets(receiver.url)];
  if (receiver.kind === 'pagerduty') secrets.push(receiver.routingKey);
  if (receiver.kind === 'webhook') {
    for (const secret of receiver.secrets) secrets.push(secret, secret.replace(/^whsec_/, ''));
  }
  return [...new Set(secrets)]
    .filter((secret) => secret.length >= MIN_SECRET)
    .sort((one, other) => other.length - one.length);
}

function urlSecrets(text: string): string[] {
  const url = URL.parse(text);
  if (url === null) return [text];
  const pieces = [
    ...url.pathname.split('/'),
    ...[...url.searchParams].flat(),
    ...url.search.slice(1).split(/[&=]/),
    url.search.slice(1),
    url.hash.slice(1),
    url.username,
    url.password,
  ];
  const whole = [text, url.href, url.pathname + url.search, url.pathname, url.pathname.slice(1)];
  return [...whole, ...pieces, ...pieces.map(decoded)];
}

function decoded(piece: string): string {
  try {
    return decodeURIComponent(piece);
  } catch {
    // Not percent-encoded: the piece stands for itself.
    return piece;
  }
}
