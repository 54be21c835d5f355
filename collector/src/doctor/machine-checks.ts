import { constants } from 'node:fs';
import { access, readFile, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { formatMistakes } from '../checked-yaml.ts';
import type { Config } from '../config.ts';
import { resolveReceivers } from '../notify/resolve-receivers.ts';
import { loadRules } from '../rules/load.ts';
import { hasEmbeddedDatabase } from '../store/embedded.ts';
import { readLock } from '../store/lock.ts';
import { readCertificates } from '../tls/certificate-files.ts';
import { WARN_BEFORE_MS } from '../tls/renewed-certificates.ts';
import { type Check, fine, type Verdict, warning, wrong } from './check.ts';
import { checkPorts } from './ports.ts';

/** What the settings say of this machine. */
export type Machine = { readonly config: Config; readonly env: NodeJS.ProcessEnv };

const MIB = 1024 * 1024;
/** A store of 200 series grows by about 300 MiB a day. */
const LITTLE_DISK_BYTES = 1024 * MIB;
const NO_DISK_BYTES = 100 * MIB;

/** What can be looked at without the database. */
export const MACHINE_CHECKS: readonly Check<Machine>[] = [
  {
    name: 'rules',
    advice:
      'Name a rule file with the setting rules (alerts/starter.yaml to begin with); tidemark rules check FILE tells its mistakes.',
    run: ({ config, env }) => checkRules(config.rules, env),
  },
  {
    name: 'data directory',
    advice: 'Choose a directory that this user may write with data_dir.',
    run: ({ config }) => checkDirectory(config),
  },
  {
    name: 'disk',
    advice: 'Make room, shorten retention, or move to PostgreSQL with tidemark export and tidemark import.',
    run: async ({ config }) => {
      if (config.databaseUrl !== null) return fine('the store is on its server');
      const { bavail, bsize } = await statfs(await nearest(resolve(config.dataDir)));
      return judgeDisk(bavail * bsize);
    },
  },
  {
    name: 'certificates',
    advice: 'Renew the files of tls_cert, tls_key and tls_client_ca, and let them fit each other.',
    run: ({ config }) => checkCertificates(config),
  },
  {
    name: 'ports',
    advice: 'Stop what has the port, or choose another with the settings grpc and http.',
    run: ({ config }) => checkPorts(config),
  },
];

/** Judges the room that is left on the disk of an embedded store, in bytes. */
export function judgeDisk(bytes: number): Verdict {
  const detail = `${Math.floor(bytes / MIB)} MiB left`;
  if (bytes < NO_DISK_BYTES) return wrong(detail);
  return bytes < LITTLE_DISK_BYTES ? warning(detail) : fine(detail);
}

async function checkCertificates({ tls }: Config): Promise<Verdict> {
  if (tls === null) return fine('none: both ports are plain');
  const now = Date.now();
  const read = await readCertificates(tls, now);
  if (!read.ok) return wrong(read.mistakes.join('; '));
  const { endsAt } = read.certificates;
  const detail = `valid until ${new Date(endsAt).toISOString()}`;
  return endsAt - now < WARN_BEFORE_MS ? warning(detail) : fine(detail);
}

async function checkRules(file: string | null, env: NodeJS.ProcessEnv): Promise<Verdict> {
  if (file === null) return warning('there is no rule file: nothing is judged');
  const loaded = loadRules(await readFile(file, 'utf8'), file);
  if (!loaded.ok) return wrong(formatMistakes(loaded.mistakes));
  const { mistakes } = resolveReceivers(loaded.rules.receivers, env);
  if (mistakes.length > 0) return wrong(mistakes.join('\n'));
  const { groups, receivers } = loaded.rules;
  const rules = groups.reduce((sum, group) => sum + group.rules.length, 0);
  return fine(`${rules} rules in ${groups.length} groups, ${receivers.length} receivers`);
}

async function checkDirectory({ databaseUrl, dataDir }: Config): Promise<Verdict> {
  if (databaseUrl !== null) return fine('not used: the store is on a server');
  const directory = resolve(dataDir);
  const there = await nearest(directory);
  if (!(await stat(there)).isDirectory()) return wrong(`${there} is not a directory`);
  await access(there, constants.W_OK | constants.X_OK);
  const holder = await readLock(directory);
  if (holder?.isAlive === true) return fine(`${directory} is in use by process ${holder.pid} on ${holder.host}`);
  if (!(await hasEmbeddedDatabase(directory))) return fine(`${directory} has no store yet; the first start makes it`);
  return fine(
    holder === null ? `${directory} is free` : `${directory} was left by process ${holder.pid}, which is gone`,
  );
}

/** The directory itself, or the next above it that is there. */
async function nearest(directory: string): Promise<string> {
  const isThere = await stat(directory).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
  );
  return isThere ? directory : nearest(dirname(directory));
}
