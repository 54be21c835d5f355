import type { Sequence, Table } from './tables.ts';

/** What the first line of a file says it is. */
export const FORMAT = 'tidemark-export';
/** The form of the file. It changes where an older program could not read it. */
export const FORMAT_VERSION = 1;

/**
 * The first line of an exported store: what it is and what is in it. Each table follows as a line `{"table": name}` and a
 * line for every row, `["text of the first column", null, …]`: values in the text form of PostgreSQL, which gives every
 * type back as it was. The last line is an `ExportEnd`. The whole is gzipped: `gunzip -c FILE | head` shows it.
 */
export type ExportHeader = {
  readonly format: typeof FORMAT;
  readonly format_version: number;
  /** ISO 8601. What was stored later is not in the file. */
  readonly exported_at: string;
  readonly source: 'postgres' | 'embedded';
  /** Migrations whose tables these are. */
  readonly migrations: readonly { readonly version: number; readonly checksum: string | null }[];
  readonly tables: readonly Table[];
};

/** The last line: without it the file is not whole. */
export type ExportEnd = {
  readonly end: {
    /** Rows by table. */
    readonly rows: Readonly<Record<string, number>>;
    readonly sequences: readonly Sequence[];
    /** SHA-256, in hex, of every byte before this line. */
    readonly sha256: string;
  };
};

/** How far a move has come: rows of a table that are through, of how many where that is known. */
export type Progress = { readonly table: string; readonly rows: number; readonly of: number | null };
