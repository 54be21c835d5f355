import { hash } from 'node:crypto';

/**
 * Identity of an alert: the SHA-256, in 64 hex digits, of its labels sorted by name. Names and values are written
 * with their lengths, so no two label sets run together. Values, baselines and times play no part.
 */
export function fingerprintOf(labels: Readonly<Record<string, string>>): string {
  let text = '';
  for (const name of Object.keys(labels).sort()) {
    const value = labels[name] ?? '';
    text += `${Buffer.byteLength(name)}:${name}${Buffer.byteLength(value)}:${value}`;
  }
  return hash('sha256', text);
}
