import { whyNotDrawn } from '../drift/simulated-null.ts';
import { messageOf } from '../errors.ts';
import { type Chance, type ChanceSubject, ChanceUnknown, type JudgedWindow, type Nulls } from './chance.ts';
import { KnownSubjects, subjectKey } from './known-subjects.ts';
import { packSubject } from './packed-subject.ts';
import { SubjectNulls } from './subject-nulls.ts';

/** Finds out what chance does in the thread that asks: for commands, which have nothing else to do meanwhile. */
export class ChanceHere implements Chance {
  readonly #known = new KnownSubjects<SubjectNulls>();

  async nullsFor(subject: ChanceSubject, window: JudgedWindow): Promise<Nulls> {
    if (whyNotDrawn(subject.reference.kind) !== null) return { independent: null, widened: null };
    const key = subjectKey(subject);
    const packed = this.#known.get(key) === undefined ? await packSubject(subject) : null;
    try {
      if (packed !== null) this.#known.set(key, new SubjectNulls(packed));
      return this.#known.get(key)!.at(window);
    } catch (error) {
      throw new ChanceUnknown(messageOf(error));
    }
  }
}
