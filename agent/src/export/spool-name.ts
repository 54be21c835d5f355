/** A batch by the ids that the collector knows it by. */
export type SpoolId = { readonly source: string; readonly sequence: bigint };

/** What the name of a file in a spool says. `claimedBy` is a process. */
export type SpoolName =
  | ({ readonly kind: 'batch'; readonly claimedBy?: number } & SpoolId)
  | { readonly kind: 'unfinished'; readonly writtenBy: number }
  /** Called a batch, and not one of ours. */
  | { readonly kind: 'foreign' }
  /** Moved aside before, or nothing to do with a spool. */
  | { readonly kind: 'other' };

const PATTERN = /^([0-9a-f]{32})-(\d{20})\.batch(?:\.(\d{1,10}))?(\.tmp)?$/;

/** Name of the file of a batch: `<source>-<sequence>.batch`, and after it the process that has claimed it. */
export function spoolName({ source, sequence }: SpoolId, claimedBy?: number): string {
  const name = `${source}-${String(sequence).padStart(20, '0')}.batch`;
  return claimedBy === undefined ? name : `${name}.${claimedBy}`;
}

/** Name while it is written. */
export function unfinishedName(id: SpoolId, writtenBy: number): string {
  return `${spoolName(id, writtenBy)}.tmp`;
}

export function parseSpoolName(name: string): SpoolName {
  const [, source, digits, process, unfinished] = PATTERN.exec(name) ?? [];
  if (source === undefined || digits === undefined) {
    // A directory given by mistake may be full of what is dear to somebody.
    return { kind: /\.batch(\.\d+)?(\.tmp)?$/.test(name) ? 'foreign' : 'other' };
  }
  if (unfinished !== undefined)
    return process === undefined ? { kind: 'foreign' } : { kind: 'unfinished', writtenBy: Number(process) };
  const id = { kind: 'batch', source, sequence: BigInt(digits) } as const;
  return process === undefined ? id : { ...id, claimedBy: Number(process) };
}
