import { ChanceThread } from '../../chance/chance-thread.ts';
import { formatDuration } from '../../duration.ts';
import { CollectorError } from '../../errors.ts';
import { complete } from '../../rules/complete.ts';
import type { TickRecord } from '../judge-store.ts';
import { type JudgedSpan, judgedSpan, type SpanAsked, type SpanStore } from '../judged-span.ts';
import { type ReplayAnswer, replayAnswer } from '../replay-answer.ts';
import { scoreHistory } from '../tune/score-history.ts';
import { budgetOf, tune } from '../tune/tune.ts';
import { tunedAnswer } from '../tune/tuned-answer.ts';
import { inTextThread } from './text-thread.ts';
import { type RanTests, type ReadTexts, readTexts } from './text-trial.ts';
import { type Trial, TrialEnd } from './trial.ts';
import { chanceWithin, TrialTime } from './trial-time.ts';
import { Turns } from './turns.ts';

/** Time that one trial has, ms. */
export const TRIAL_MS = 30_000;
/** Longest span that is replayed, ms: a quarter of a year. */
export const LONGEST_SPAN_MS = 92 * 86_400_000;
/** Findings and changes of alerts that one trial may come to, which are held in memory: some 200 bytes each. */
const MAX_FINDINGS = 300_000;
const MAX_CHANGES = 50_000;
/** Characters of texts that are read in this thread, in some 50 ms; to begin another would take as long. */
const MAX_HERE = 16_384;
/** Checks at a time; they are short. */
const CHECKS = 2;

/** What to replay; `rules` is the text of a rule file. */
export type ReplayAsked = SpanAsked & { readonly rules: string };
/** What to tune. Incidents are as their file has them, in JSON. */
export type TuneAsked = ReplayAsked & {
  readonly rule: string;
  readonly at_most?: string | undefined;
  readonly incidents?: readonly unknown[] | undefined;
};

/**
 * Tries rules out, bounded, beside everything else that a collector does: what texts take runs in a thread of its own, what
 * replays take gives way. Nothing is stored or sent. The results are those of the commands.
 */
export class RuleTrials {
  readonly #storeOf: (projectId: number) => SpanStore;
  readonly #limitMs: number;
  /** Not the one that live judging asks, which would wait for what a trial has asked. */
  readonly #chance = new ChanceThread();
  readonly #checks = new Turns(CHECKS);
  readonly #trials = new Turns(1);
  readonly #stopping = new AbortController();

  constructor(storeOf: (projectId: number) => SpanStore, { limitMs = TRIAL_MS } = {}) {
    this.#storeOf = storeOf;
    this.#limitMs = limitMs;
  }

  /** Everything that is wrong with a rule file, and how many rules it has. */
  check(rules: string, cancelled: AbortSignal): Promise<Trial<ReadTexts>> {
    return this.#try(this.#checks, cancelled, (time) => read(rules, null, time));
  }

  /** Runs tests of rules. */
  test(rules: string, test: string, cancelled: AbortSignal): Promise<Trial<RanTests>> {
    return this.#try(this.#trials, cancelled, (time) => inTextThread({ kind: 'test', rules, test }, time));
  }

  /** Judges a stored span of a project by other rules, beside what did. */
  replay(projectId: number, asked: ReplayAsked, cancelled: AbortSignal): Promise<Trial<ReplayAnswer>> {
    return this.#try(this.#trials, cancelled, async (time) => {
      const { span } = await this.#spanOf(projectId, asked, null, time);
      return replayAnswer(span, this.#how(span, time));
    });
  }

  /** Tries thresholds of a rule over a stored span of a project. */
  tune(projectId: number, asked: TuneAsked, cancelled: AbortSignal): Promise<Trial<ReturnType<typeof tunedAnswer>>> {
    return this.#try(this.#trials, cancelled, async (time) => {
      const text = asked.incidents === undefined ? null : JSON.stringify({ incidents: asked.incidents }, null, 1);
      const { span, incidents } = await this.#spanOf(projectId, asked, text, time);
      const budget = budgetOf(asked.at_most, incidents);
      const history = await scoreHistory({ ...span, ...this.#how(span, time) });
      return tunedAnswer(await tune(history, budget, incidents, time.pause));
    });
  }

  /** Ends what is being tried; it answers so. Safe twice. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#chance.stop();
  }

  async #try<T>(turns: Turns, cancelled: AbortSignal, work: (time: TrialTime) => Promise<T>): Promise<Trial<T>> {
    const leave = turns.take();
    if (leave === null) {
      const message = 'other rules are being tried; ask again when they are through';
      return { kind: 'busy', message, retryAfterSeconds: turns === this.#checks ? 1 : 5 };
    }
    const time = new TrialTime(this.#limitMs, AbortSignal.any([cancelled, this.#stopping.signal]));
    // Where the store does not answer, the caller is answered all the same; the place is free when the work has ended.
    const working = work(time).finally(() => {
      time.close();
      leave();
    });
    try {
      return { kind: 'done', answer: await time.within(working) };
    } catch (error) {
      // What was going on when the time was over may have failed of that, in words of its own.
      const cause: unknown = time.signal.aborted ? time.signal.reason : error;
      if (cause instanceof TrialEnd) return cause.trial;
      if (cause instanceof CollectorError && cause.code === 'USAGE')
        return { kind: 'unusable', message: cause.message };
      throw cause;
    }
  }

  async #spanOf(projectId: number, asked: ReplayAsked, incidents: string | null, time: TrialTime) {
    const texts = await read(asked.rules, incidents, time);
    if (!texts.ok) throw new TrialEnd({ kind: 'mistakes', mistakes: texts.mistakes });
    const span = await judgedSpan(asked, complete(texts.file), this.#storeOf(projectId));
    if (span.until - span.since > LONGEST_SPAN_MS) {
      const got = `${formatDuration(LONGEST_SPAN_MS)} at most, got ${formatDuration(span.until - span.since)}`;
      throw new TrialEnd({ kind: 'unusable', message: `expected a span of ${got}` });
    }
    return { span, incidents: texts.incidents };
  }

  #how({ until }: JudgedSpan, time: TrialTime) {
    let findings = 0;
    let changes = 0;
    const onRecord = (record: TickRecord) => {
      time.judged(record.tick, until);
      findings += record.scores.length;
      changes += record.changes.filter(({ transition }) => transition !== null).length;
      if (findings <= MAX_FINDINGS && changes <= MAX_CHANGES) return;
      const message = `this comes to more than ${MAX_FINDINGS} findings or ${MAX_CHANGES} changes of alerts; ${time.so}. Ask for a shorter span, one model or one rule`;
      throw new TrialEnd({ kind: 'unusable', message });
    };
    return { chance: chanceWithin(time, this.#chance), pause: time.pause, onRecord };
  }
}

async function read(rules: string, incidents: string | null, time: TrialTime): Promise<ReadTexts> {
  if (rules.length + (incidents?.length ?? 0) <= MAX_HERE) return readTexts(rules, incidents);
  return inTextThread({ kind: 'read', rules, incidents }, time);
}
