/** How a session is told to keep a statement by a name, and to forget it. */
export type PlanKeeper = {
  prepare(name: string, sql: string): Promise<unknown>;
  forget(name: string): Promise<unknown>;
};

/** Statements kept at the most: those that never change are some twenty, and more would only be by mistake. */
const MAX_KEPT = 128;

/** The statements that a session keeps with their plans, by their text. */
export class KeptPlans {
  readonly #keeper: PlanKeeper;
  readonly #names = new Map<string, string>();
  /** To be forgotten before another is kept: at once may be too late, where what failed has left nothing to ask. */
  #unwanted: string[] = [];
  #made = 0;

  constructor(keeper: PlanKeeper) {
    this.#keeper = keeper;
  }

  /**
   * Runs a statement by its name. Where it fails it is forgotten, and kept anew when it is asked next: what it was planned for may
   * have been made anew as well.
   */
  async during<T>(sql: string, run: (name: string) => Promise<T>): Promise<T> {
    const name = this.#names.get(sql) ?? (await this.#keep(sql));
    try {
      return await run(name);
    } catch (error) {
      this.#drop(sql, name);
      throw error;
    }
  }

  async #keep(sql: string): Promise<string> {
    const [oldest] = this.#names;
    if (oldest !== undefined && this.#names.size >= MAX_KEPT) this.#drop(...oldest);
    for (const name of this.#unwanted.splice(0)) await this.#keeper.forget(name);
    const name = `kept_${++this.#made}`;
    await this.#keeper.prepare(name, sql);
    this.#names.set(sql, name);
    return name;
  }

  #drop(sql: string, name: string): void {
    this.#names.delete(sql);
    this.#unwanted.push(name);
  }
}
