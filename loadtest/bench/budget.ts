import { readFileSync } from 'node:fs';

/** A number to keep (`gate`) and one to reach for (`stretch`, null where none is set), as written in budget.json. */
export type BudgetLine = {
  readonly id: string;
  readonly what: string;
  readonly unit: 'ratio' | '%' | 'bytes' | 'ms' | 'us' | 'per second' | 'count';
  readonly better: 'higher' | 'lower';
  readonly gate: number;
  readonly stretch: number | null;
};

/** What was measured for a line: the value, and the stream it is worst on where it is a worst case. */
export type Finding = { readonly value: number; readonly where?: string };

/** A line of the budget held against a measurement; value is null when nothing was measured, which fails. */
export type Gate = {
  readonly id: string;
  readonly what: string;
  readonly value: number | null;
  readonly gate: number;
  readonly better: 'higher' | 'lower';
  readonly pass: boolean;
  readonly stretch: number | null;
  readonly reached: boolean;
};

/** The lines of one bench. Throws if budget.json has none. */
export function budgetOf(bench: string): readonly BudgetLine[] {
  const file = new URL('../budget.json', import.meta.url);
  const budget = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, readonly BudgetLine[]>>;
  const lines = budget[bench];
  if (lines === undefined) throw new Error(`budget.json has no lines for the bench '${bench}'`);
  return lines;
}

/** Holds one measurement against its line. A missing or non-finite value never passes. */
export function judge(line: BudgetLine, finding: Finding | undefined): Gate {
  const { id, better, gate, stretch } = line;
  const keeps = (limit: number | null) => {
    if (limit === null || finding === undefined || !Number.isFinite(finding.value)) return false;
    return better === 'higher' ? finding.value >= limit : finding.value <= limit;
  };
  const value = finding !== undefined && Number.isFinite(finding.value) ? finding.value : null;
  const what = finding?.where === undefined ? line.what : `${line.what} (worst: ${finding.where})`;
  return { id, what, value, gate, better, pass: keeps(gate), stretch, reached: keeps(stretch) };
}

/** The exit code of a run: 1 when any gate fails. */
export function exitCode(gates: readonly Gate[]): 0 | 1 {
  return gates.every((gate) => gate.pass) ? 0 : 1;
}
