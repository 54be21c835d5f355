/** So many may be at it at a time; who comes then is sent away, so that nothing piles up. */
export class Turns {
  #left: number;

  constructor(places: number) {
    this.#left = places;
  }

  /** Takes a place, or null where there is none. @returns what gives it back; safe twice. */
  take(): (() => void) | null {
    if (this.#left === 0) return null;
    this.#left -= 1;
    let isTaken = true;
    return () => {
      if (isTaken) this.#left += 1;
      isTaken = false;
    };
  }
}
