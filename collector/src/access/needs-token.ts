/** Who is asked for a token: everybody, nobody, or everybody as soon as another machine can reach the collector. */
export const AUTH_MODES = Object.freeze(['auto', 'token', 'none'] as const);
export type AuthMode = (typeof AUTH_MODES)[number];

/** Whether tokens are asked for by a collector that listens on these addresses (host:port). */
export function needsToken(mode: AuthMode, addresses: readonly string[]): boolean {
  return mode === 'auto' ? !addresses.every(isLoopback) : mode === 'token';
}

/** Whether only this machine can reach an address. A name other than `localhost` could mean anything. */
export function isLoopback(address: string): boolean {
  const host = address.slice(0, address.lastIndexOf(':')).replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/** Of these addresses those on which tokens would pass where others can read them: plain, and not of this machine alone. */
export function readableByOthers(addresses: readonly string[], hasTls: boolean): string[] {
  return hasTls ? [] : addresses.filter((address) => !isLoopback(address));
}
