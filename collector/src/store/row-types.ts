import type { Queryable } from './database.ts';

/** Object ids of a composite type and of arrays of it. */
export type RowType = { readonly row: number; readonly array: number };

/** What a database calls the composite types of the schema, each asked for once. */
export class RowTypes {
  readonly #known = new Map<string, RowType>();

  /** @throws {Error} what the server says of a type that is not there (SQLSTATE 42704). */
  async find(db: Queryable, name: string): Promise<RowType> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const [type] = await db.query<RowType>(
      'select oid::int8 as row, typarray::int8 as array from pg_type where oid = $1::text::regtype',
      [name],
    );
    if (type === undefined) throw new Error(`expected a type ${name} in the database, found none`);
    this.#known.set(name, type);
    return type;
  }

  /** After a statement with rows has failed: somebody may have put another schema in the place of the one that was asked. */
  forget(): void {
    this.#known.clear();
  }
}
