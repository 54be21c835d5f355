/** A model version as losses and windows name it. Compared by identity within one agent. */
export type VersionName = { readonly model: string; readonly version: string };

/**
 * Everything that can be lost, closed. `row`: whole inferences are gone, so that
 * captured = sent + dropped + pending. `part`: the inference is counted, a part of what it said is not.
 */
export const LOSS_REASONS = Object.freeze({
  'queue-full': { unit: 'row', doc: 'the collector was away for longer than the memory budget lasts' },
  refused: { unit: 'row', doc: 'the collector refused the window or the whole batch' },
  stopped: { unit: 'row', doc: 'the agent was stopped before it was delivered, or the call ended after the stop' },
  'spool-full': { unit: 'row', doc: 'the spool directory had no room for it, or could not be written' },
  'extractor-failed': { unit: 'part', doc: 'an extractor threw, or returned something without named values' },
  'capture-failed': { unit: 'part', doc: 'the agent itself failed on values of a call' },
  'field-limit': { unit: 'part', doc: 'the model version has as many series as it may have' },
  'field-name': { unit: 'part', doc: 'the name of a field is empty, too long or has control characters' },
  'slice-limit': { unit: 'part', doc: 'the model version has as many slices, or series of slices, as it may have' },
  'slice-name': { unit: 'part', doc: 'the value of a slice is no text, number or boolean, or is too long' },
  'kind-unknown': { unit: 'part', doc: 'the window held no valid value of a field of undeclared kind' },
  'tensor-unreadable': { unit: 'part', doc: 'a tensor of an element type or place that cannot be read here' },
  'result-unobservable': {
    unit: 'part',
    doc: 'the result was a thenable that is no promise, where looking might start it, or a stream that nobody read to its end',
  },
  'check-failed': { unit: 'part', doc: 'a check of the guard threw, ran out of time or could not be made' },
  'check-late': { unit: 'part', doc: 'a check answered by a promise where the function had answered at once' },
  'shadow-skipped': {
    unit: 'part',
    doc: 'a call chosen for the shadow was not run there: too many under way, or a stream',
  },
  'shadow-failed': { unit: 'part', doc: 'the challenger or the comparison with it failed or took too long' },
  'event-field-failed': { unit: 'part', doc: 'a getter or proxy threw when a sampled inference was read' },
  'event-field-omitted': {
    unit: 'part',
    doc: 'a field of a sampled inference is no single value, has no proper name, or was one too many',
  },
  'summary-refused': { unit: 'part', doc: 'the collector refused one series of a window' },
  'event-budget': {
    unit: 'part',
    doc: 'its event had no room in the byte budget or in memory, or the agent was stopped before',
  },
  'event-refused': { unit: 'part', doc: 'the collector refused its event' },
  'outcome-budget': { unit: 'part', doc: 'its outcome had no room in memory, or the agent was stopped before' },
  'outcome-refused': { unit: 'part', doc: 'the collector refused its outcome' },
} as const satisfies Record<string, { readonly unit: 'row' | 'part'; readonly doc: string }>);

export type LossReason = keyof typeof LOSS_REASONS;
/** Reasons that lose whole inferences. */
export type RowLossReason = {
  [R in LossReason]: (typeof LOSS_REASONS)[R]['unit'] extends 'row' ? R : never;
}[LossReason];
/** Reasons that lose a part of an inference. */
export type PartLossReason = Exclude<LossReason, RowLossReason>;

/** `count` inferences of one model version, lost for one reason. */
export type Loss<V extends VersionName = VersionName> = {
  readonly version: V;
  readonly reason: LossReason;
  readonly count: number;
};

/** Counts losses for the owner (since the start) and for the collector (since the last `take`). */
export class Losses<V extends VersionName = VersionName> {
  readonly #totals = new Map<LossReason, number>();
  #unsent = new Map<V, Map<LossReason, number>>();

  /** @param count inferences, not values. */
  add(version: V, reason: LossReason, count = 1): void {
    if (count <= 0) return;
    this.#totals.set(reason, this.total(reason) + count);
    this.#owe(version, reason, count);
  }

  /** Inferences lost for this reason since the start. */
  total(reason: LossReason): number {
    return this.#totals.get(reason) ?? 0;
  }

  /** Totals of every reason of one unit, zeros included. */
  totals<U extends 'row' | 'part'>(unit: U): Record<U extends 'row' ? RowLossReason : PartLossReason, number> {
    const reasons = (Object.keys(LOSS_REASONS) as LossReason[]).filter((reason) => LOSS_REASONS[reason].unit === unit);
    return Object.fromEntries(reasons.map((reason) => [reason, this.total(reason)])) as ReturnType<
      typeof this.totals<U>
    >;
  }

  /** Whole inferences lost since the start, for whatever reason. */
  get lostRows(): number {
    let rows = 0;
    for (const [reason, count] of this.#totals) if (LOSS_REASONS[reason].unit === 'row') rows += count;
    return rows;
  }

  /** Whether there is something the collector has not been told. */
  get owed(): boolean {
    return this.#unsent.size > 0;
  }

  /** Takes what the collector has not been told yet. */
  take(): Loss<V>[] {
    const taken = [...this.#unsent].flatMap(([version, counts]) =>
      [...counts].map(([reason, count]) => ({ version, reason, count })),
    );
    this.#unsent = new Map();
    return taken;
  }

  /** Gives back what `take` gave out and the collector did not keep. */
  restore(losses: readonly Loss<V>[]): void {
    for (const { version, reason, count } of losses) this.#owe(version, reason, count);
  }

  #owe(version: V, reason: LossReason, count: number): void {
    const counts = this.#unsent.get(version) ?? new Map<LossReason, number>();
    this.#unsent.set(version, counts);
    counts.set(reason, (counts.get(reason) ?? 0) + count);
  }
}
