import { type Bench, type BenchOptions, type Outcome, WrongUse } from '../bench.ts';
import { budgetOf, judge } from '../budget.ts';
import { type Effort, FULL, QUICK } from './effort.ts';
import { findings } from './findings.ts';
import { injected } from './injected.ts';
import { type Measured, PARTS, type Part } from './measured.ts';
import { CASES } from './real/cases.ts';
import { type CaseJudged, judgeCase } from './real/judge-case.ts';
import { isThere } from './real/table.ts';
import { report, writePages } from './report.ts';
import { undrifted } from './undrifted.ts';

/** How often the rules for tables page while nothing is wrong, and what they say where something is. */
export const pagesBench: Bench = { run, writeReadme: writePages };

async function run(options: BenchOptions): Promise<Outcome> {
  for (const name of options.only ?? []) {
    if (!(PARTS as readonly string[]).includes(name))
      throw new WrongUse(`unknown part '${name}'; there are: ${PARTS.join(', ')}`);
  }
  const effort = options.quick ? QUICK : FULL;
  const measured = await measure(effort, options);
  const found = findings(measured);
  // Of real files only those that are here can be judged; the report names the others.
  const lines = budgetOf('pages').filter(
    ({ id }) => (options.only === null && !['N5', 'N6'].includes(id)) || found.has(id),
  );
  const gates = lines.map((line) => judge(line, found.get(line.id)));
  return { gates, text: report(measured, gates), record: { effort, ...measured } };
}

async function measure(effort: Effort, { quick, only, progress }: BenchOptions): Promise<Measured> {
  const isMeant = (part: Part) => only === null || only.includes(part);
  const real: CaseJudged[] = [];
  const missing: string[] = [];
  // Quickly, the two files that take seconds.
  const cases = quick ? CASES.filter(({ name }) => ['sea', 'taxis'].includes(name)) : CASES;
  for (const one of isMeant('real') ? cases : []) {
    const absent = one.files.filter((file) => !isThere(file));
    missing.push(...absent);
    if (absent.length > 0) continue;
    progress(`real: ${one.name}`);
    real.push(await judgeCase(one));
  }
  return {
    undrifted: isMeant('undrifted') ? await undrifted(effort, progress) : null,
    faults: isMeant('faults') ? await injected(effort, progress) : null,
    real,
    missing,
  };
}
