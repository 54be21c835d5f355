import type { Scope } from '../access/scope.ts';
import type { TokenRecord, TokenSource } from '../access/token-access.ts';
import { type Queryable, toArrayLiteral } from './database.ts';

/** A token before it is stored; times in ms. */
export type TokenToKeep = {
  readonly id: string;
  readonly projectId: number;
  readonly name: string;
  readonly scope: Scope;
  readonly secretSha256: Uint8Array;
  readonly expiresAt: number | null;
};

/** A token as people see it; times in ms. */
export type TokenRow = {
  readonly id: string;
  readonly project: string;
  readonly name: string;
  readonly scope: Scope;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly revoked_at: number | null;
};

/** Provides access control with the store. */
export function createTokenSource(db: Queryable): TokenSource {
  return { tokens: (ids) => selectTokens(db, ids) };
}

function selectTokens(db: Queryable, ids: readonly string[]): Promise<TokenRecord[]> {
  return db.query<TokenRecord>(
    `select id, project_id as "projectId", scope, secret_sha256 as "secretSha256", expires_at as "expiresAt",
       revoked_at as "revokedAt"
     from token where id = any($1::text::text[])`,
    [toArrayLiteral(ids)],
  );
}

/** Keeps a new token. */
export async function insertToken(db: Queryable, token: TokenToKeep): Promise<void> {
  const { id, projectId, name, scope, secretSha256, expiresAt } = token;
  await db.query(
    'insert into token (id, project_id, name, scope, secret_sha256, expires_at) values ($1, $2, $3, $4, $5, $6)',
    [id, projectId, name, scope, secretSha256, expiresAt === null ? null : new Date(expiresAt)],
  );
}

/** Tokens of a project, or with null of all, newest first. */
export function listTokens(db: Queryable, projectId: number | null): Promise<TokenRow[]> {
  return db.query<TokenRow>(
    `select t.id, p.name as project, t.name, scope, t.created_at, expires_at, revoked_at
     from token t join project p on p.id = project_id
     where $1::int is null or project_id = $1 order by t.created_at desc, t.id`,
    [projectId],
  );
}

/** Ends a token; one that was revoked before stays so. @returns false where there is none of that id. */
export async function revokeToken(db: Queryable, id: string): Promise<boolean> {
  const rows = await db.query('update token set revoked_at = coalesce(revoked_at, now()) where id = $1 returning id', [
    id,
  ]);
  return rows.length > 0;
}
