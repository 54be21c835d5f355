import { agentBench } from './agent/agent-bench.ts';
import type { Bench } from './bench.ts';
import { calibrationBench } from './calibration/calibration-bench.ts';
import { ingestBench } from './ingest/ingest-bench.ts';
import { judgeBench } from './judge/judge-bench.ts';
import { pagesBench } from './pages/pages-bench.ts';
import { sketchBench } from './sketch/sketch-bench.ts';

/** Every bench by its name; a new one is one more line. */
export const BENCHES: Readonly<Record<string, Bench>> = {
  sketch: sketchBench,
  agent: agentBench,
  ingest: ingestBench,
  judge: judgeBench,
  calibration: calibrationBench,
  pages: pagesBench,
};
