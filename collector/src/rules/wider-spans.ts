import type { Span } from './rule.ts';

/**
 * Where the spans begin that are tried when the window of a rule holds too few samples: each twice as long as the one
 * before, up to `widenToMs`, which is tried last; none of them begins before `earliest`. By the tick alone, so that
 * replay and catching up widen as live judging did.
 */
export function widerSpans({ windowMs, widenToMs }: Span, tick: number, earliest: number): number[] {
  const begins: number[] = [];
  for (let length = windowMs; length < widenToMs; ) {
    length = Math.min(2 * length, widenToMs);
    if (tick - length < earliest) break;
    begins.push(tick - length);
  }
  return begins;
}
