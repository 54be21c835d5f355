import { readFile } from 'node:fs/promises';
import Type from 'typebox';
import type { AuthMode } from './access/needs-token.ts';
import { formatMistakes, inFileOrder, type Mistake, mistakeAt, parseYaml } from './checked-yaml.ts';
import { parseDuration } from './duration.ts';
import { CollectorError, messageOf } from './errors.ts';
import type { Budgets } from './ingest/budgets.ts';
import { FOREVER, type KeptFor, withinHours } from './kept-for.ts';
import type { LOG_LEVELS } from './log.ts';
import { checkTogether, SETTINGS, type Setting } from './settings.ts';
import type { TlsFiles } from './tls/certificate-files.ts';

/** A laptop's few hundred series write 0.3 GB of minutes a day where nothing compresses them. */
const MINUTES_EMBEDDED = '3d';
const MINUTES_ON_A_SERVER = '14d';

type SettingKey = (typeof SETTINGS)[number]['key'];

/** The settings of a collector, complete, checked and frozen. */
export type Config = {
  readonly grpc: string;
  readonly http: string;
  readonly auth: AuthMode;
  /** null = plain. */
  readonly tls: TlsFiles | null;
  /** null = embedded. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  readonly rules: string | null;
  readonly budgets: Budgets;
  readonly keptFor: KeptFor;
  readonly time: 'wall' | 'data';
  readonly publicUrl: string | null;
  readonly log: (typeof LOG_LEVELS)[number];
};

const FILE_SCHEMA = Type.Object(
  Object.fromEntries(
    SETTINGS.map(({ key, doc: description, isNumber }: Setting) => [
      key,
      Type.Optional(
        isNumber ? Type.Union([Type.Number(), Type.String()], { description }) : Type.String({ description }),
      ),
    ]),
  ),
  { additionalProperties: false },
);

/**
 * Reads `file` (absent is fine unless it was named) and the environment, which wins over it.
 * @throws {CollectorError} `CONFIG_INVALID` with every mistake of both at once.
 */
export async function loadConfig(file: string | undefined, env: NodeJS.ProcessEnv): Promise<Config> {
  const name = file ?? 'tidemark.yaml';
  const read = parseYaml(await readText(name, file !== undefined), FILE_SCHEMA, name);
  const inFile: Mistake[] = read.ok ? [] : [...read.mistakes];
  const inEnvironment: string[] = [];
  const values = {} as Record<SettingKey, string>;
  for (const setting of SETTINGS) {
    const { key, env: variable, check, secret } = setting as Setting & { key: SettingKey };
    const fromEnv = env[variable];
    values[key] = fromEnv ?? textAt(read.value, key) ?? setting.default;
    const wrong = check(values[key]);
    if (wrong === undefined) continue;
    const message = secret === true ? wrong : `${wrong}, got ${JSON.stringify(values[key])}`;
    if (fromEnv !== undefined) inEnvironment.push(`environment ${variable}: ${message}`);
    else if (read.positionOf) inFile.push(mistakeAt(name, read.positionOf, [key], message));
  }
  const together = checkTogether(values);
  if (inFile.length + inEnvironment.length + together.length > 0) {
    const list = [...inFileOrder(inFile).map((one) => formatMistakes([one])), ...inEnvironment, ...together];
    throw new CollectorError('CONFIG_INVALID', `settings are not usable:\n${list.join('\n')}`);
  }
  return toConfig(values);
}

/** What the file says, also where it has mistakes elsewhere, so that one run finds everything. */
function textAt(file: unknown, key: SettingKey): string | undefined {
  if (typeof file !== 'object' || file === null || !Object.hasOwn(file, key)) return undefined;
  const value: unknown = Reflect.get(file, key);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function toConfig(values: Readonly<Record<SettingKey, string>>): Config {
  return Object.freeze({
    grpc: values.grpc,
    http: values.http,
    auth: values.auth as Config['auth'],
    tls:
      values.tls_cert === ''
        ? null
        : Object.freeze({ cert: values.tls_cert, key: values.tls_key, clientCa: values.tls_client_ca || null }),
    databaseUrl: values.database_url === '' ? null : values.database_url,
    dataDir: values.data_dir,
    rules: values.rules === '' ? null : values.rules,
    budgets: Object.freeze({ maxSeries: Number(values.max_series), maxVersions: Number(values.max_versions) }),
    keptFor: toKeptFor(values),
    time: values.time as Config['time'],
    publicUrl: values.public_url === '' ? null : values.public_url.replace(/\/$/, ''),
    log: values.log as Config['log'],
  });
}

function toKeptFor(values: Readonly<Record<SettingKey, string>>): KeptFor {
  const minutes = values.retention_minutes || (values.database_url === '' ? MINUTES_EMBEDDED : MINUTES_ON_A_SERVER);
  return withinHours({
    minutes: parseDuration(minutes),
    hours: parseDuration(values.retention),
    days: values.retention_days === FOREVER ? Infinity : parseDuration(values.retention_days),
    events: parseDuration(values.retention_events),
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
