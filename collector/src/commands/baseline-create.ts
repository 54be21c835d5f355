import { checkName, WireError } from '@tidemark/proto';
import type { NewBaselineSeries } from '../baseline/baseline.ts';
import { createBaseline } from '../baseline/create.ts';
import { expectedSeries, type KnownSeries } from '../baseline/expected-series.ts';
import { fromWindows, type WindowPlan } from '../baseline/from-windows.ts';
import { columnsOfPair, type PairColumn, withPairs } from '../baseline/pair-columns.ts';
import { readFile } from '../baseline/read-file.ts';
import { type Span, spanText } from '../baseline/spans.ts';
import { CollectorError } from '../errors.ts';
import { BaselineSource } from '../store/baseline-source.ts';
import { findRevision } from '../store/baselines.ts';
import type { Database } from '../store/database.ts';
import { ensureVersion, findVersion, listVersions } from '../store/models.ts';
import { listSeries } from '../store/series.ts';
import { insertBaseline } from '../store/write-baseline.ts';
import { readArguments, requireOptions } from './arguments.ts';
import { type BaselineOrigin, ORIGIN_OPTIONS, readOrigin } from './baseline-origin.ts';
import type { Command } from './command.ts';
import { type OpenProject, PROJECT_OPTIONS, withProject } from './open-store.ts';
import { showBar } from './show-bar.ts';

/** What was made, of a file or of windows, before it is stored. */
type Made = {
  readonly source: string;
  readonly rows: number;
  readonly series: Iterable<NewBaselineSeries> | AsyncIterable<NewBaselineSeries>;
  readonly span: Span | undefined;
  readonly masks: readonly Span[];
  readonly windowMs: number | null;
};

/** Makes what was asked for, once the store is open. */
type Make = (open: OpenProject, model: string, version: string) => Promise<Made>;

export const baselineCreate: Command = {
  name: 'baseline create',
  usage:
    'baseline create --model NAME --version VERSION --name NAME (--from FILE [--time COLUMN [--window 1h]] [--partial] | ' +
    '--from-windows --since TIME --until TIME [--mask FROM..UNTIL]... [--window 1h] [--force]) [--revise] [--project NAME] [--config tidemark.yaml] [--json]',
  summary:
    'Make a reference. From a CSV, Parquet or JSON Lines file, whose columns are named stage.field, such as input.origin; ' +
    'every input and feature that the version is known to have must be there, except with --partial; of its pairs those of which both are. Or from what the ' +
    'store has of the version between two times, without masked spans, and without spans in which alerts were on ' +
    'except with --force. With --revise it becomes the next revision of a name that is there.',
  async run(args) {
    const options = {
      ...PROJECT_OPTIONS,
      ...ORIGIN_OPTIONS,
      model: { type: 'string' },
      version: { type: 'string' },
      name: { type: 'string' },
      revise: { type: 'boolean' },
      json: { type: 'boolean' },
    } as const;
    const { values } = readArguments(args, options, { min: 0, max: 0 }, this.usage);
    const { model, version, name } = requireOptions(values, ['model', 'version', 'name'], this.usage);
    checkNames({ model, version, name });
    const origin = readOrigin(values, this.usage);
    const make = origin.kind === 'file' ? await openFile(origin) : makeOfWindows(origin.plan);
    return withProject(values, async (open) => {
      const { database, projectId } = open;
      const made = await make(open, model, version);
      const shown: ShownSeries[] = [];
      const versionId = await ensureVersion(database, projectId, model, version);
      const series = noted(made.series, shown);
      const id = await insertBaseline(database, { ...made, versionId, name, series, revise: values.revise === true });
      if (id === null) {
        const text = `${model} ${version} has a baseline named ${name} already, and baselines never change.`;
        throw new CollectorError('BASELINE_INVALID', `${text} Choose another name, or add a revision with --revise.`);
      }
      const revision = await findRevision(database, id);
      const { rows } = made;
      if (values.json === true)
        console.log(JSON.stringify({ id, name, revision, model, version, rows, series: shown }));
      else {
        const which = revision === 1 ? name : `${name}, revision ${revision},`;
        console.log(`baseline ${which} of ${model} ${version}: ${rows} rows, ${shown.length} series`);
      }
      return 0;
    });
  },
};

type ShownSeries = { stage: string; field: string; kind: string; valid: number; windows?: number };

/** The series as they go by, with a note of each for people. */
async function* noted(
  all: Iterable<NewBaselineSeries> | AsyncIterable<NewBaselineSeries>,
  shown: ShownSeries[],
): AsyncGenerator<NewBaselineSeries> {
  for await (const series of all) {
    const { stage, field, kind, summary, windows = [] } = series;
    const counted = windows.length === 0 ? {} : { windows: windows.length };
    shown.push({ stage, field, kind, valid: summary.kinds.valid, ...counted });
    yield series;
  }
}

/** A file that is absent or has no header is refused before the store is opened, and perhaps made. */
async function openFile({ path, time, partial }: Extract<BaselineOrigin, { kind: 'file' }>): Promise<Make> {
  const bar = showBar(path);
  const opened = await readFile(path, bar.told).finally(bar.end);
  return async ({ database, projectId }, model, version) => {
    const known = await knownSeries(database, projectId, model, version);
    const file = withPairs(opened, pairsOf(known));
    // The rows are read to their end before anything is written: a bad file changes nothing.
    const expected = expectedSeries(known, file.columns, partial);
    const { series, rows, span } = await createBaseline(file, { expected, time }).finally(bar.end);
    const windowMs = time?.windowMs ?? null;
    return { source: path, rows, series: series.values(), span: span ?? undefined, masks: [], windowMs };
  };
}

/** The pairs that the version is known to have, as a file has them: two columns each. */
function pairsOf({ declared, seen }: KnownSeries): PairColumn[] {
  const pairs = new Map<string, PairColumn>();
  for (const { stage, field, kind } of [...declared, ...seen]) {
    const of = kind === 'pair' ? columnsOfPair(field) : null;
    if (of !== null) pairs.set(field, { column: `${stage}.${field}`, of });
  }
  return [...pairs.values()];
}

function makeOfWindows(plan: WindowPlan): Make {
  return async ({ database, projectId }, model, version) => {
    const versionId = await findVersion(database, projectId, model, version);
    if (versionId === null) {
      const text = `there is no model version ${model} ${version}; tidemark models list shows those that are there`;
      throw new CollectorError('UNKNOWN_MODEL_VERSION', text);
    }
    const { span, masks } = plan;
    const made = await fromWindows(new BaselineSource(database, versionId), plan);
    const without = masks.length === 0 ? '' : ` without ${masks.map(spanText).join(', ')}`;
    return { source: `windows ${spanText(span)}${without}`, ...made, span, masks };
  };
}

/** Names keep the limits of the wire, or no agent could ever send data for them. */
function checkNames(names: Readonly<Record<string, string>>): void {
  for (const [option, value] of Object.entries(names)) {
    try {
      checkName(`--${option}`, value);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      throw new CollectorError('USAGE', error.message, { cause: error });
    }
  }
}

async function knownSeries(
  database: Database,
  projectId: number,
  model: string,
  version: string,
): Promise<KnownSeries> {
  const known = (await listVersions(database, projectId, model)).find((one) => one.version === version);
  if (known === undefined) return { declared: [], seen: [] };
  return { declared: known.fields, seen: await listSeries(database, known.id) };
}
