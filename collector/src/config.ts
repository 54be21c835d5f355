import { readFile } from 'node:fs/promises';
import Type from 'typebox';
import { formatMistakes, type Mistake, mistakeAt, parseYaml } from './checked-yaml.ts';
import { parseDuration } from './duration.ts';
import { CollectorError, messageOf } from './errors.ts';
import { LOG_LEVELS } from './log.ts';

/** One setting: declared here once; the file's schema, the environment and the README table come from it. */
type Setting = {
  /** Key in `tidemark.yaml`. */
  readonly key: string;
  /** Environment variable; it wins over the file. */
  readonly env: string;
  readonly default: string;
  readonly doc: string;
  /** Says what is wrong with a value, or nothing. */
  readonly check: (value: string) => string | undefined;
};

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
    key: 'database_url',
    env: 'DATABASE_URL',
    default: '',
    doc: 'PostgreSQL or TimescaleDB, as postgres://user:password@host/database. Empty: the embedded database in data_dir.',
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
    doc: 'How long windows are kept, in event time. Older ones are refused and deleted.',
    check: checkDuration,
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
    check: (value) =>
      value === '' || URL.canParse(value) ? undefined : 'expected a URL such as https://tidemark.example',
  },
  {
    key: 'log',
    env: 'TIDEMARK_LOG',
    default: 'info',
    doc: `Log level: ${LOG_LEVELS.join(', ')}.`,
    check: oneOf(LOG_LEVELS),
  },
] as const satisfies readonly Setting[]);

type SettingKey = (typeof SETTINGS)[number]['key'];

/** The settings of a collector, complete, checked and frozen. */
export type Config = {
  readonly grpc: string;
  readonly http: string;
  /** null = embedded. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  readonly rules: string | null;
  readonly retentionMs: number;
  readonly time: 'wall' | 'data';
  readonly publicUrl: string | null;
  readonly log: (typeof LOG_LEVELS)[number];
};

const FILE_SCHEMA = Type.Object(
  Object.fromEntries(SETTINGS.map(({ key, doc }) => [key, Type.Optional(Type.String({ description: doc }))])),
  { additionalProperties: false },
);

/**
 * Reads `file` (absent is fine unless it was named) and the environment.
 * @throws {CollectorError} `CONFIG_INVALID` with every mistake at once.
 */
export async function loadConfig(file: string | undefined, env: NodeJS.ProcessEnv): Promise<Config> {
  const name = file ?? 'tidemark.yaml';
  const text = await readText(name, file !== undefined);
  const mistakes: Mistake[] = [];
  const read = parseYaml(text, FILE_SCHEMA, name);
  if (!read.ok) mistakes.push(...read.mistakes);
  const fromFile: Readonly<Record<string, string>> = read.ok ? (read.value as Record<string, string>) : {};
  const values = {} as Record<SettingKey, string>;
  for (const setting of SETTINGS) {
    const { key, env: variable, check } = setting as Setting & { key: SettingKey };
    const fromEnv = env[variable];
    const value = fromEnv ?? fromFile[key] ?? setting.default;
    values[key] = value;
    const wrong = check(value);
    if (wrong === undefined) continue;
    // A database address may hold a password, so it is never repeated.
    const message = key === 'database_url' ? wrong : `${wrong}, got ${JSON.stringify(value)}`;
    if (fromEnv !== undefined) mistakes.push({ file: 'environment', line: 1, column: 1, path: variable, message });
    else if (read.ok) mistakes.push(mistakeAt(name, read.positionOf, [key], message));
  }
  if (mistakes.length > 0)
    throw new CollectorError('CONFIG_INVALID', `settings are not usable:\n${formatMistakes(mistakes)}`);
  return toConfig(values);
}

function toConfig(values: Readonly<Record<SettingKey, string>>): Config {
  return Object.freeze({
    grpc: values.grpc,
    http: values.http,
    databaseUrl: values.database_url === '' ? null : values.database_url,
    dataDir: values.data_dir,
    rules: values.rules === '' ? null : values.rules,
    retentionMs: parseDuration(values.retention),
    time: values.time as Config['time'],
    publicUrl: values.public_url === '' ? null : values.public_url.replace(/\/$/, ''),
    log: values.log as Config['log'],
  });
}

async function readText(name: string, mustExist: boolean): Promise<string> {
  try {
    return await readFile(name, 'utf8');
  } catch (error) {
    if (!mustExist && (error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new CollectorError('CONFIG_INVALID', `cannot read ${name}: ${messageOf(error)}`, { cause: error });
  }
}

function checkAddress(value: string): string | undefined {
  const port = Number(value.slice(value.lastIndexOf(':') + 1));
  const valid = /^(\[[0-9a-f:]+\]|[^:\s]+):\d{1,5}$/i.test(value) && port <= 65_535;
  return valid ? undefined : 'expected host:port such as 127.0.0.1:7411';
}

function checkDuration(value: string): string | undefined {
  try {
    parseDuration(value);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function oneOf(allowed: readonly string[]): (value: string) => string | undefined {
  return (value) => (allowed.includes(value) ? undefined : `expected one of ${allowed.join(', ')}`);
}
