import { InferenceSession, Tensor } from 'onnxruntime-node';
import { normal, seeded } from '../seeded.ts';
import { median, ratioSpread, type Spread } from '../spread.ts';
import { COLUMNS, mlpModel, tinyModel } from './tiny-models.ts';

/** What a watched run takes by what a bare one takes, of one model and batch. */
export type OnnxRun = {
  readonly model: 'tiny' | 'mlp';
  readonly rows: number;
  /** Microseconds a run. */
  readonly plainUs: number;
  readonly watchedUs: number;
  /** Of the rounds. */
  readonly ratio: Spread;
};

/** How long, and how many rounds; at least 7 after 2 s for numbers that mean something. */
export type OnnxRunOptions = { readonly warmUpMs: number; readonly rounds: number; readonly roundMs: number };

/** Puts the agent around a session: all COLUMNS of the input `x`, named, and the output `y` as the answer. */
export type WatchSession = (session: InferenceSession, model: string, columns: readonly string[]) => InferenceSession;

/** Rows of a batch. */
export const BATCHES = [1, 32, 256, 4_096] as const;

const MODELS = { tiny: tinyModel, mlp: mlpModel } as const;
// So many different inputs take turns that no sketch sees one value alone.
const INPUTS = 16;

/** Every model with every batch: two sessions, one watched and one not, that take turns in one process. */
export async function onnxRuns(watch: WatchSession, options: OnnxRunOptions): Promise<OnnxRun[]> {
  const found: OnnxRun[] = [];
  for (const model of ['tiny', 'mlp'] as const) {
    for (const rows of BATCHES) found.push(await compare(model, rows, watch, options));
  }
  return found;
}

async function compare(
  model: 'tiny' | 'mlp',
  rows: number,
  watch: WatchSession,
  { warmUpMs, rounds, roundMs }: OnnxRunOptions,
): Promise<OnnxRun> {
  // One thread: with more, the runtime's own spinning is most of what is measured on two cores.
  const open = () => InferenceSession.create(MODELS[model](), { intraOpNumThreads: 1 });
  const [plain, own] = [await open(), await open()];
  const columns = Array.from({ length: COLUMNS }, (_, i) => `f${i}`);
  const watched = watch(own, `${model}-${rows}`, columns);
  const random = seeded(rows);
  const inputs = Array.from({ length: INPUTS }, () =>
    Float32Array.from({ length: rows * COLUMNS }, () => normal(random)),
  );
  const time = async (session: InferenceSession, runs: number): Promise<number> => {
    const start = performance.now();
    for (let i = 0; i < runs; i++) {
      const x = new Tensor('float32', inputs[i % INPUTS]!, [rows, COLUMNS]);
      await session.run({ x });
    }
    return ((performance.now() - start) * 1e3) / runs;
  };
  let runUs = 1e3;
  for (const end = performance.now() + warmUpMs; performance.now() < end; ) {
    runUs = await time(plain, 20);
    await time(watched, 20);
  }
  const runs = Math.max(5, Math.ceil((roundMs * 1e3) / runUs));
  const plainUs: number[] = [];
  const watchedUs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const turns = [
      () => time(plain, runs).then((us) => plainUs.push(us)),
      () => time(watched, runs).then((us) => watchedUs.push(us)),
    ];
    for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn();
  }
  await plain.release();
  await own.release();
  const ratio = ratioSpread(watchedUs, plainUs);
  return { model, rows, plainUs: median(plainUs), watchedUs: median(watchedUs), ratio };
}
