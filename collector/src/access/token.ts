import { createHash, randomBytes } from 'node:crypto';

/**
 * The text of a token: `tmk_`, 12 random bytes in hex that name it, and 32 random bytes in base64url that nobody else
 * knows. The prefix lets scanners of source code find a token that was committed.
 */
const FORM = /^tmk_([0-9a-f]{24})_([A-Za-z0-9_-]{43})$/;

/** A token as it is told once, and what is kept of it. */
export type NewToken = { readonly text: string; readonly id: string; readonly secretSha256: Uint8Array };

/** Makes a token. `random` gives as many bytes as asked for that nobody can guess. */
export function mintToken(random: (bytes: number) => Uint8Array = randomBytes): NewToken {
  const id = Buffer.from(random(12)).toString('hex');
  const secret = Buffer.from(random(32)).toString('base64url');
  return { text: `tmk_${id}_${secret}`, id, secretSha256: hashOf(secret) };
}

/** What names a token and what proves that its holder knows the secret; null where the text is no token. */
export function readToken(text: string): { readonly id: string; readonly secretSha256: Uint8Array } | null {
  const [, id, secret] = FORM.exec(text) ?? [];
  return id === undefined || secret === undefined ? null : { id, secretSha256: hashOf(secret) };
}

/** One round is enough: what is hashed has 256 random bits, so there is nothing to guess (OWASP: slow hashes are for passwords). */
function hashOf(secret: string): Uint8Array {
  return createHash('sha256').update(secret).digest();
}
