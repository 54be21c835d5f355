import type { Mistake } from './errors.ts';
import { isObject, isText, isWhole, type OptionRow, readOptions } from './option-table.ts';
import { checkTls, type TlsOptions } from './tls-options.ts';
import { checkToken, isLoopback, isTokenOption, readToken, type TokenOption } from './token-option.ts';

/** Signals after which an agent still sends what it has. */
export type ExitSignal = 'SIGTERM' | 'SIGINT';

/** A directory for what would be lost, and the bytes it may take. */
export type SpoolOption = { readonly directory: string; readonly maxBytes?: number };

/** Options about the line to the collector and the end of the process. */
export type LineOptions = {
  readonly tls?: boolean | TlsOptions;
  readonly token?: TokenOption;
  readonly insecureToken?: boolean;
  readonly spool?: SpoolOption;
  readonly exitSignals?: boolean | readonly ExitSignal[];
};

/** The same, completed. */
export type LineSettings = {
  /** undefined = plain. */
  readonly tls: TlsOptions | undefined;
  readonly token: string | undefined;
  readonly spool: Required<SpoolOption> | undefined;
  readonly exitSignals: readonly ExitSignal[];
};

const MIB = 1024 * 1024;
const SIGNALS: readonly ExitSignal[] = Object.freeze(['SIGTERM', 'SIGINT']);
const isBoolean = (value: unknown): boolean => typeof value === 'boolean';

const SPOOL_TABLE: readonly OptionRow[] = [
  {
    name: 'directory',
    type: 'string',
    required: true,
    doc: 'where; made if it is not there',
    accepts: (value) => isText(value) && !value.includes('\u0000'),
    expected: 'a path',
  },
  {
    name: 'maxBytes',
    type: 'number',
    default: 64 * MIB,
    doc: 'of all files in it',
    accepts: isWhole(MIB, 1024 * 1024 * MIB),
    expected: `a whole number from ${MIB} to ${1024 * 1024 * MIB}`,
  },
];

/** Rows of the agent's table. */
export const LINE_ROWS: readonly OptionRow[] = [
  {
    name: 'tls',
    type: 'boolean or { ca?, cert?, key?, serverName? }',
    default: false,
    doc: 'encrypts the connection; `ca`, `cert` and `key` are PEM, by default the authorities that Node trusts and no certificate of the agent',
    accepts: (value) => isBoolean(value) || isObject(value),
    expected: 'true, false or an object',
    secret: true,
    inside: checkTls,
  },
  {
    name: 'token',
    type: 'string or { env }',
    doc: 'bearer token, or the variable that holds it; without `tls` only to a collector on this machine',
    env: 'TIDEMARK_TOKEN',
    accepts: isTokenOption,
    expected: 'a token of visible ASCII characters, or { env }',
    secret: true,
    inside: checkToken,
  },
  {
    name: 'insecureToken',
    type: 'boolean',
    default: false,
    doc: 'true sends the token over plain connections to other machines too',
    accepts: isBoolean,
    expected: 'true or false',
  },
  {
    name: 'spool',
    type: '{ directory, maxBytes? }',
    doc: 'keeps in a directory (64 MiB) what would be lost with the process or for want of memory; the next agent with it sends it',
    accepts: isObject,
    expected: 'an object with a directory',
    inside: (value, path, mistakes) => readOptions(SPOOL_TABLE, value, path, mistakes),
  },
  {
    name: 'exitSignals',
    type: "boolean or ('SIGTERM' \\| 'SIGINT')[]",
    default: true,
    doc: 'signals (true: both) at which what waits is still sent, within 2 s; the process then ends as it would have',
    accepts: (value) => isBoolean(value) || (Array.isArray(value) && value.every((each) => SIGNALS.includes(each))),
    expected: 'true, false or a list of SIGTERM and SIGINT',
  },
];

/** Checks what options mean together. */
export function checkLine(options: LineOptions & { readonly collector?: string }, mistakes: Mistake[]): void {
  const { collector, tls, token, insecureToken } = options;
  if (token === undefined || tls || insecureToken || typeof collector !== 'string' || isLoopback(collector)) return;
  const expected = 'tls, or insecureToken: true, for a collector on another machine';
  mistakes.push({ option: 'token', expected, got: 'a plain connection that anybody on the way can read' });
}

/** Completes checked options. */
export function readLine({ tls, token, spool, exitSignals }: LineOptions): LineSettings {
  const given = typeof tls === 'object' ? Object.freeze({ ...tls }) : undefined;
  return {
    tls: tls === true ? Object.freeze({}) : given,
    token: readToken(token),
    spool: spool && Object.freeze({ maxBytes: 64 * MIB, ...spool }),
    exitSignals: Object.freeze(
      typeof exitSignals === 'boolean' ? (exitSignals ? SIGNALS : []) : [...(exitSignals ?? [])],
    ),
  };
}
