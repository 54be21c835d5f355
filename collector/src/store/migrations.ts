import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { splitStatements } from './split-statements.ts';

/** The migrations of this program. */
export const MIGRATIONS = new URL('./migrations/', import.meta.url);

/**
 * The first line of a migration whose statements refuse transactions, such as `create index concurrently`. It may be
 * repeated from its beginning after a crash, so every statement has to take what an earlier try has left. `if not exists`
 * is not enough for an index: half of one exists too. Drop it first.
 */
const NO_TRANSACTION = '-- tidemark: no transaction';

/** One numbered file. */
export type Migration = {
  readonly version: number;
  readonly name: string;
  /** SHA-256 of its text, in hex, the same for either kind of line ends. */
  readonly checksum: string;
  readonly transactional: boolean;
  readonly statements: readonly string[];
};

/** Reads the migrations of a directory, oldest first. @throws {Error} for two of one number or a name without one. */
export async function readMigrations(directory = MIGRATIONS): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql'));
  const migrations = await Promise.all(names.map((name) => readMigration(directory, name)));
  migrations.sort((a, b) => a.version - b.version);
  for (const [i, { version, name }] of migrations.entries()) {
    if (migrations[i + 1]?.version === version)
      throw new Error(`${name} and ${migrations[i + 1]?.name} have one number`);
  }
  return migrations;
}

async function readMigration(directory: URL, name: string): Promise<Migration> {
  const version = Number(/^(\d{6})-/.exec(name)?.[1]);
  if (!(version > 0)) throw new Error(`expected the name of a migration such as 000001-models.sql, got ${name}`);
  const text = (await readFile(new URL(name, directory), 'utf8')).replaceAll('\r\n', '\n');
  return {
    version,
    name,
    checksum: createHash('sha256').update(text).digest('hex'),
    transactional: !text.startsWith(`${NO_TRANSACTION}\n`),
    statements: splitStatements(text),
  };
}
