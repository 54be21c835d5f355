import { type Bench, type BenchOptions, type Outcome, WrongUse } from '../bench.ts';
import { budgetOf, judge } from '../budget.ts';
import { measureCalls } from './call-cost.ts';
import { type Effort, FULL, QUICK } from './effort.ts';
import { findings } from './findings.ts';
import { measureGuards } from './guard-cost.ts';
import { measureLoop } from './loop-delay.ts';
import { type Measured, PARTS, type Part } from './measured.ts';
import { onnxRuns } from './onnx-runs.ts';
import { writeCosts } from './readme-table.ts';
import { report } from './report.ts';
import { watchSessions } from './watch-sessions.ts';

/** What the agent costs its host, against peers. */
export const agentBench: Bench = { run, writeReadme: writeCosts };

async function run(options: BenchOptions): Promise<Outcome> {
  const effort = options.quick ? QUICK : FULL;
  const measured = await measure(effort, options);
  const found = findings(measured);
  // Of chosen parts only the gates that are about them can be judged; of all every gate must be.
  const lines = budgetOf('agent').filter(({ id }) => options.only === null || found.has(id));
  const gates = lines.map((line) => judge(line, found.get(line.id)));
  return { gates, text: report(measured, gates), record: { effort, ...measured } };
}

async function measure(effort: Effort, { only, progress }: BenchOptions): Promise<Measured> {
  for (const name of only ?? []) {
    if (!(PARTS as readonly string[]).includes(name))
      throw new WrongUse(`unknown part '${name}'; there are: ${PARTS.join(', ')}`);
  }
  const isMeant = (part: Part) => only === null || only.includes(part);
  const calls = isMeant('calls') ? await measureCalls(effort, progress) : undefined;
  if (isMeant('loop')) progress('event loop at 5 000 calls a second');
  const steady = isMeant('loop') ? await measureLoop(5_000, 20, effort) : undefined;
  if (isMeant('loop')) progress('event loop at 2 000 calls a second of 60 fields');
  const wide = isMeant('loop') ? await measureLoop(2_000, 55, effort) : undefined;
  if (isMeant('onnx')) progress('runs of the ONNX runtime');
  const runs = isMeant('onnx') ? await watchSessions((watch) => onnxRuns(watch, effort.onnx)) : undefined;
  if (isMeant('guard')) progress('guards');
  const guards = isMeant('guard') ? measureGuards(effort) : undefined;
  return {
    ...(calls && { calls }),
    ...(steady && wide && { loops: [steady, wide] }),
    ...(runs && { runs }),
    ...(guards && { guards }),
  };
}
