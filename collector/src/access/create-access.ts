import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import { type Access, openAccess } from './access.ts';
import { type AuthMode, needsToken, readableByOthers } from './needs-token.ts';
import { TokenAccess, type TokenSource } from './token-access.ts';

/** Where a collector listens (host:port), and how. */
export type Ports = { readonly addresses: readonly string[]; readonly hasTls: boolean };

/** Asks for tokens where it has to, and warns where others could read them; lets everybody into one project else. */
export function createAccess(
  mode: AuthMode,
  { addresses, hasTls }: Ports,
  tokens: TokenSource,
  openTo: number,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Access {
  if (!needsToken(mode, addresses)) return openAccess(openTo);
  const readable = readableByOthers(addresses, hasTls);
  if (readable.length > 0) {
    log.warn({ addresses: readable }, 'tokens travel unencrypted here: set tls_cert and tls_key, or end TLS in front');
  }
  return new TokenAccess(tokens, clock);
}
