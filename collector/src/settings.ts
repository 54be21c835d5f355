import { AUTH_MODES } from './access/needs-token.ts';
import { parseDuration } from './duration.ts';
import { DEFAULT_BUDGETS } from './ingest/budgets.ts';
import { FOREVER } from './kept-for.ts';
import { LOG_LEVELS } from './log.ts';

/** The widest window lasts an hour; keeping less than that would delete windows while they are being filled. */
const MIN_RETENTION_MS = 3_600_000;
/** Beyond this the oldest time kept would fall out of what PostgreSQL can write as a timestamp before any disk is full. */
const MAX_RETENTION_MS = 100 * 365 * 86_400_000;

/** One setting: declared once; the file's schema, the environment and the README table come from it. */
export type Setting = {
  /** Key in `tidemark.yaml`. */
  readonly key: string;
  /** Environment variable; it wins over the file. */
  readonly env: string;
  readonly default: string;
  readonly doc: string;
  /** Whether the value may hold a password: then it is never repeated. */
  readonly secret?: true;
  /** Whether it may stand in the file as a number. */
  readonly isNumber?: true;
  /** Says what is wrong with a value, or nothing. */
  readonly check: (value: string) => string | undefined;
};

/** Every setting, in the order in which the README lists them. */
export const SETTINGS = Object.freeze([
  {
    key: 'grpc',
    env: 'TIDEMARK_GRPC',
    default: '127.0.0.1:7411',
    doc: 'Address for agents, host:port. Port 0 takes any free one.',
    check: checkAddress,
  },
  {
    key: 'http',
    env: 'TIDEMARK_HTTP',
    default: '127.0.0.1:7410',
    doc: 'Address of the API and the health endpoints, host:port.',
    check: checkAddress,
  },
  {
    key: 'auth',
    env: 'TIDEMARK_AUTH',
    default: 'auto',
    doc: 'Who needs a token (`tidemark token create`): `token` everybody, `none` nobody, `auto` everybody unless both addresses are loopback.',
    check: oneOf(AUTH_MODES),
  },
  {
    key: 'tls_cert',
    env: 'TIDEMARK_TLS_CERT',
    default: '',
    doc: 'PEM file with the certificate of both ports, its chain behind it. Empty: both are plain. Renewed files are taken over within a minute.',
    check: () => undefined,
  },
  {
    key: 'tls_key',
    env: 'TIDEMARK_TLS_KEY',
    default: '',
    doc: 'PEM file with the private key of `tls_cert`, without a passphrase.',
    check: () => undefined,
  },
  {
    key: 'tls_client_ca',
    env: 'TIDEMARK_TLS_CLIENT_CA',
    default: '',
    doc: 'PEM file with authorities: whoever comes to the gRPC port has to show a certificate of one of them. Empty: nobody is asked.',
    check: () => undefined,
  },
  {
    key: 'database_url',
    env: 'DATABASE_URL',
    default: '',
    doc: 'PostgreSQL or TimescaleDB, as postgres://user:password@host/database. Empty: the embedded database in data_dir.',
    secret: true,
    check: (value) => (value === '' || /^postgres(ql)?:\/\//.test(value) ? undefined : 'expected postgres://…'),
  },
  {
    key: 'data_dir',
    env: 'TIDEMARK_DATA_DIR',
    default: '.tidemark/data',
    doc: 'Directory of the embedded database; one process at a time.',
    check: (value) => (value === '' ? 'expected a directory' : undefined),
  },
  {
    key: 'rules',
    env: 'TIDEMARK_RULES',
    default: '',
    doc: 'Rule file, with receivers and routes. Empty: nothing is judged.',
    check: () => undefined,
  },
  {
    key: 'retention',
    env: 'TIDEMARK_RETENTION',
    default: '400d',
    doc: 'How long windows of an hour, outcomes, scores and the history of alerts are kept, in event time. Older ones are refused and deleted.',
    check: checkRetention,
  },
  {
    key: 'retention_minutes',
    env: 'TIDEMARK_RETENTION_MINUTES',
    default: '',
    doc: 'How long windows of a minute are kept, at most `retention`. Empty: 14d, in the embedded database 3d.',
    check: (value) => (value === '' ? undefined : checkRetention(value)),
  },
  {
    key: 'retention_days',
    env: 'TIDEMARK_RETENTION_DAYS',
    default: 'forever',
    doc: 'How long windows of a day are kept: a duration or `forever`.',
    check: checkKeptFor,
  },
  {
    key: 'retention_events',
    env: 'TIDEMARK_RETENTION_EVENTS',
    default: '30d',
    doc: 'How long sampled events are kept, at most `retention`. Outcomes are held against them, so leave time for those to come.',
    check: checkRetention,
  },
  {
    key: 'max_series',
    env: 'TIDEMARK_MAX_SERIES',
    default: String(DEFAULT_BUDGETS.maxSeries),
    doc: 'Series of one model version. Those of more fields are merged into `~other numbers` and `~other categories` of their stage.',
    isNumber: true,
    check: checkCount,
  },
  {
    key: 'max_versions',
    env: 'TIDEMARK_MAX_VERSIONS',
    default: String(DEFAULT_BUDGETS.maxVersions),
    doc: 'Versions of one model. Data of more is refused by name.',
    isNumber: true,
    check: checkCount,
  },
  {
    key: 'time',
    env: 'TIDEMARK_TIME',
    default: 'wall',
    doc: 'What moves judging: `wall`, or `data` where the newest stored window is now, for replaying a history.',
    check: oneOf(['wall', 'data']),
  },
  {
    key: 'public_url',
    env: 'TIDEMARK_PUBLIC_URL',
    default: '',
    doc: 'Address of this collector as people reach it, for links in alerts.',
    check: checkUrl,
  },
  {
    key: 'log',
    env: 'TIDEMARK_LOG',
    default: 'info',
    doc: `Log level: ${LOG_LEVELS.join(', ')}.`,
    check: oneOf(LOG_LEVELS),
  },
] as const satisfies readonly Setting[]);

/** What is wrong with settings that are fine one by one. */
export function checkTogether(values: Readonly<Record<(typeof SETTINGS)[number]['key'], string>>): string[] {
  const { tls_cert: cert, tls_key: key, tls_client_ca: clientCa } = values;
  const wrong: string[] = [];
  const both = 'set both for TLS, or neither for plain connections';
  if (cert !== '' && key === '') wrong.push(`tls_cert is set and tls_key is not: ${both}`);
  if (cert === '' && key !== '') wrong.push(`tls_key is set and tls_cert is not: ${both}`);
  if (clientCa !== '' && cert === '' && key === '') {
    wrong.push(
      'tls_client_ca is set without tls_cert and tls_key: clients show certificates over TLS only, set all three',
    );
  }
  return wrong;
}

function checkAddress(value: string): string | undefined {
  const port = Number(value.slice(value.lastIndexOf(':') + 1));
  const valid = /^(\[[0-9a-f:]+\]|[^:\s]+):\d{1,5}$/i.test(value) && port <= 65_535;
  return valid ? undefined : 'expected host:port such as 127.0.0.1:7411';
}

function checkCount(value: string): string | undefined {
  return /^[1-9]\d{0,8}$/.test(value) ? undefined : 'expected a whole number from 1 to 999999999';
}

function checkRetention(value: string): string | undefined {
  const expected = 'expected a duration from 1h to 100y, such as 400d';
  try {
    const ms = parseDuration(value);
    return ms >= MIN_RETENTION_MS && ms <= MAX_RETENTION_MS ? undefined : expected;
  } catch (error) {
    if (error instanceof RangeError) return expected;
    throw error;
  }
}

/** Says what is wrong with a time for which something is kept, or nothing: a duration from 1h to 100y, or `forever`. */
export function checkKeptFor(value: string): string | undefined {
  if (value === FOREVER) return undefined;
  const wrong = checkRetention(value);
  return wrong === undefined ? undefined : `${wrong}, or ${FOREVER}`;
}

function checkUrl(value: string): string | undefined {
  const valid = value === '' || (/^https?:\/\//.test(value) && URL.canParse(value));
  return valid ? undefined : 'expected an http or https address such as https://tidemark.example';
}

function oneOf(allowed: readonly string[]): (value: string) => string | undefined {
  return (value) => (allowed.includes(value) ? undefined : `expected one of ${allowed.join(', ')}`);
}
