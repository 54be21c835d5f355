import { CollectorError, messageOf } from './errors.ts';
import type { Logger } from './log.ts';
import type { Receiver } from './notify/receiver.ts';
import { resolveReceivers } from './notify/resolve-receivers.ts';
import { type RuleFile, readRuleFile } from './read-rules.ts';
import type { RuleSet } from './rules/rule-set.ts';

/** How often the file is looked at, ms: whoever saves it wants to see it work. */
const LOOK_EVERY_MS = 5_000;

/** A rule file with its receivers, whose secrets were found. */
type Read = RuleFile & { readonly receivers: ReadonlyMap<string, Receiver> };

/**
 * The rules of now, as their file holds them. A file that has changed is checked: where it is sound, its rules take the place
 * of the old ones; where it is not, the old ones stay, and what is wrong is told once.
 */
export class LiveRules {
  readonly #file: string | null;
  readonly #env: NodeJS.ProcessEnv;
  readonly #log: Logger;
  readonly #listeners: (() => void)[] = [];
  readonly #receivers = new Map<string, Receiver>();
  #current: Read;
  /** What was told last of a file that is not usable, empty where it is. */
  #told = '';
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  private constructor(file: string | null, env: NodeJS.ProcessEnv, log: Logger, read: Read) {
    this.#file = file;
    this.#env = env;
    this.#log = log;
    this.#current = read;
    this.#takeReceivers(read);
  }

  /** Of no file (null) there are no rules. @throws {CollectorError} `RULES_INVALID` with everything that is wrong. */
  static async open(file: string | null, env: NodeJS.ProcessEnv, log: Logger): Promise<LiveRules> {
    return new LiveRules(file, env, log, await read(file, env));
  }

  get rules(): RuleSet {
    return this.#current.rules;
  }

  /** Receivers by name; the same map for ever, with what is in it of now. */
  get receivers(): ReadonlyMap<string, Receiver> {
    return this.#receivers;
  }

  /** Calls `listener` after other rules have taken the place of `rules`, each time. */
  onChanged(listener: () => void): void {
    this.#listeners.push(listener);
  }

  start(): void {
    if (this.#file === null) return;
    this.#timer ??= setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  /** Begins no other look and waits for the one under way. Safe twice. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#looking;
  }

  /** Takes over what the file holds now, where that is something else and usable. Never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    try {
      const found = await read(this.#file, this.#env);
      const isTold = this.#told !== '';
      this.#told = '';
      if (found.text === this.#current.text) {
        if (isTold) this.#log.info('the rule file is usable again, and as it was');
        return;
      }
      this.#current = found;
      this.#takeReceivers(found);
      this.#log.info({ rules: found.rules.groups.flatMap(({ rules }) => rules).length }, 'rules were read anew');
      for (const listener of this.#listeners) listener();
    } catch (error) {
      const reason = messageOf(error);
      if (reason === this.#told) return;
      this.#told = reason;
      this.#log.error({ reason }, 'the rule file has changed and is not usable; the rules read before stay in use');
    }
  }

  #takeReceivers({ receivers }: Read): void {
    this.#receivers.clear();
    for (const [name, receiver] of receivers) this.#receivers.set(name, receiver);
  }
}

async function read(file: string | null, env: NodeJS.ProcessEnv): Promise<Read> {
  const found = await readRuleFile(file);
  const { receivers, mistakes } = resolveReceivers(found.rules.receivers, env);
  if (mistakes.length > 0)
    throw new CollectorError('RULES_INVALID', `receivers are not usable:\n${mistakes.join('\n')}`);
  return { ...found, receivers };
}
