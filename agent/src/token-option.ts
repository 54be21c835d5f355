import type { Mistake } from './errors.ts';
import { isObject, isText } from './option-table.ts';

/** A bearer token, or the environment variable that holds it. */
export type TokenOption = string | { readonly env: string };

/** Whether `value` may stand in a header (RFC 6750, section 2.1, and whatever else is visible). */
const isToken = (value: unknown): value is string => typeof value === 'string' && /^[\x21-\x7e]{1,4096}$/.test(value);

export const isTokenOption = (value: unknown): boolean =>
  isToken(value) || (isObject(value) && isText((value as { env?: unknown }).env) && Object.keys(value).length === 1);

/** Checks that a variable that is named holds a token; never shows one. */
export function checkToken(given: TokenOption, path: string, mistakes: Mistake[]): void {
  if (typeof given === 'string' || readToken(given) !== undefined) return;
  const got = process.env[given.env] ? 'a value that is not shown' : 'nothing';
  // A token in the place of the name must not be shown either.
  const name = /^[A-Z_][A-Z0-9_]{0,63}$/.test(given.env) ? given.env : 'the variable that `env` names';
  mistakes.push({ option: path, expected: `a token of visible ASCII characters in ${name}`, got });
}

/** The token itself; undefined where there is none. */
export function readToken(given: TokenOption | undefined): string | undefined {
  const token = typeof given === 'object' ? process.env[given.env] : given;
  return isToken(token) ? token : undefined;
}

/** Whether a plain connection to `collector` (`host:port`) stays on this machine. */
export function isLoopback(collector: string): boolean {
  const host = collector
    .slice(0, collector.lastIndexOf(':'))
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
