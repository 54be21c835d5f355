import { parseDuration } from '../duration.ts';
import { type Condition, parseCondition } from './condition.ts';
import { at, type Raw, textAt } from './raw.ts';

/** The measure a block asks for, null where none that can be read: `drift` calls it method, and two blocks have one only. */
export function measureIn(block: string, raw: Raw): string | null {
  if (block === 'latency') return 'quantile';
  if (block === 'errors') return 'error_share';
  return textAt(raw, 'method') ?? textAt(raw, 'measure');
}

/** The condition under a key; null where there is none that can be read. */
export function conditionAt(rule: Raw, key: string): Condition | null {
  const text = textAt(rule, key);
  return text === null ? null : orNull(() => parseCondition(text));
}

/** Milliseconds of the duration under a key; null where there is none that can be read. */
export function durationAt(block: Raw, key: string): number | null {
  const raw = at(block, key);
  if (raw === 0) return 0;
  return typeof raw === 'string' ? orNull(() => parseDuration(raw)) : null;
}

/** Texts of a wrong form were complained of by the schema already. */
function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
