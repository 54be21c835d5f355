import type { Queryable, SqlValue } from './database.ts';
import { isPackedRows, nameRowType } from './packed-rows.ts';

/** What a database calls the composite types of the schema, each asked for once. */
export class RowTypes {
  readonly #known = new Map<string, number>();

  /**
   * Says in all packed rows among these values what their type is called.
   * @throws {Error} what the server says of a type that is not there (SQLSTATE 42704).
   */
  async nameIn(values: readonly SqlValue[], db: Queryable): Promise<void> {
    for (const rows of values) if (isPackedRows(rows)) nameRowType(rows, await this.#find(rows.rowType, db));
  }

  /** Runs a statement; where it fails, all names are asked for again: somebody may have put another schema in the place of this one. */
  async during<T>(statement: () => Promise<T>): Promise<T> {
    try {
      return await statement();
    } catch (error) {
      this.#known.clear();
      throw error;
    }
  }

  async #find(name: string, db: Queryable): Promise<number> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const [type] = await db.query<{ id: number }>('select $1::text::regtype::oid::int8 as id', [name]);
    if (type === undefined) throw new Error(`expected a type ${name} in the database, found none`);
    this.#known.set(name, type.id);
    return type.id;
  }
}
