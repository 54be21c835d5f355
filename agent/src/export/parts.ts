import { create } from '@bufbuild/protobuf';
import { encodeSummary, LIMITS, type SummaryMessage, type WindowMessage, WindowSchema } from '@tidemark/proto';
import type { Delta, Owner } from './delta.ts';

/** A piece of one window that fits into a message. */
export type Part = {
  readonly owner: Owner;
  readonly window: WindowMessage;
  readonly rows: number;
  readonly bytes: number;
  readonly ticket: number;
};

// Names, counts and tags of a summary beside its sketches: at most this much.
const FRAME_BYTES = 500;

/**
 * Encodes a delta as one or more windows of at most 512 summaries and about 512 KiB. Only the first carries the
 * rows and errors: the collector adds the parts up.
 */
export function partsOf<D extends Delta<D>>(delta: D, ticket: number): Part[] {
  const parts: Part[] = [];
  let summaries: SummaryMessage[] = [];
  let bytes = 0;
  const close = () => {
    parts.push(part(delta, ticket, summaries, bytes, parts.length === 0));
    summaries = [];
    bytes = 0;
  };
  for (const { summary, ...name } of delta.entries()) {
    const message = encodeSummary(name, summary);
    const size = FRAME_BYTES + message.digest.length + message.moments.length + message.categories.length;
    if (summaries.length > 0 && (summaries.length === LIMITS.maxSummaries || bytes + size > LIMITS.targetBytes))
      close();
    summaries.push(message);
    bytes += size;
  }
  if (summaries.length > 0 || parts.length === 0) close();
  return parts;
}

function part<D extends Delta<D>>(
  delta: D,
  ticket: number,
  summaries: SummaryMessage[],
  bytes: number,
  first: boolean,
): Part {
  const { owner, startMs, widthMs } = delta;
  const rows = first ? delta.rows : 0;
  const window = create(WindowSchema, {
    model: owner.model,
    version: owner.version,
    startUnixMs: BigInt(startMs),
    widthMs,
    rows: BigInt(rows),
    errors: BigInt(first ? delta.errors : 0),
    summaries,
  });
  return { owner, window, rows, bytes: FRAME_BYTES + bytes, ticket };
}
