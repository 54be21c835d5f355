/**
 * How many values of a series were of which kind. `valid`, `missing`, `nan`, the infinities and `wrongType` part all
 * values between them; `outOfRange` and `unseen` count valid values that are outside of what was declared.
 */
export class Kinds {
  /** Values that went into the sketches. */
  valid = 0;
  /** null and undefined. */
  missing = 0;
  nan = 0;
  positiveInfinity = 0;
  negativeInfinity = 0;
  /** Values of a type the series does not take. */
  wrongType = 0;
  /** Valid numbers outside of the declared range. */
  outOfRange = 0;
  /** Valid categories that are not among the declared ones. */
  unseen = 0;

  /** All values. */
  get total(): number {
    return this.valid + this.missing + this.nan + this.positiveInfinity + this.negativeInfinity + this.wrongType;
  }

  /** Adds the counts of `other`. */
  merge(other: Kinds): void {
    this.valid += other.valid;
    this.missing += other.missing;
    this.nan += other.nan;
    this.positiveInfinity += other.positiveInfinity;
    this.negativeInfinity += other.negativeInfinity;
    this.wrongType += other.wrongType;
    this.outOfRange += other.outOfRange;
    this.unseen += other.unseen;
  }

  /** Counts a value that no sketch of this series takes: absent, or of the wrong type. */
  addOdd(value: unknown): void {
    if (value === null || value === undefined) this.missing++;
    else this.wrongType++;
  }

  /** Counts a number that is NaN or infinite. */
  addNotFinite(value: number): void {
    if (value === Infinity) this.positiveInfinity++;
    else if (value === -Infinity) this.negativeInfinity++;
    else this.nan++;
  }

  /** Takes over the counts of `other`. */
  copy(other: Kinds): void {
    this.valid = other.valid;
    this.missing = other.missing;
    this.nan = other.nan;
    this.positiveInfinity = other.positiveInfinity;
    this.negativeInfinity = other.negativeInfinity;
    this.wrongType = other.wrongType;
    this.outOfRange = other.outOfRange;
    this.unseen = other.unseen;
  }

  /** An independent copy. */
  clone(): Kinds {
    const twin = new Kinds();
    twin.copy(this);
    return twin;
  }
}
