import type { Queryable } from './database.ts';

/** What a database calls the composite types of the schema, each asked for once. */
export class RowTypes {
  readonly #known = new Map<string, number>();

  /** The object id of a type. @throws {Error} what the server says of a type that is not there (SQLSTATE 42704). */
  async find(db: Queryable, name: string): Promise<number> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const [type] = await db.query<{ id: number }>('select $1::text::regtype::oid::int8 as id', [name]);
    if (type === undefined) throw new Error(`expected a type ${name} in the database, found none`);
    this.#known.set(name, type.id);
    return type.id;
  }

  /** After a statement with rows has failed: somebody may have put another schema in the place of the one that was asked. */
  forget(): void {
    this.#known.clear();
  }
}
