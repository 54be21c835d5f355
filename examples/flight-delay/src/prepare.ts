import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { writeBaselineFile } from './baseline-file.ts';
import { openModel } from './batch-run.ts';
import { checkModel } from './check-model.ts';
import { FEATURE_NAMES } from './features.ts';
import { type Flights, loadFlights } from './flights.ts';
import { RELEASES, type Release } from './incidents.ts';
import { onnxModel } from './onnx-model.ts';
import { trainModel } from './train.ts';

/** A release with its model, as it would be deployed. */
export type Deployment = {
  readonly release: Release;
  readonly session: InferenceSession;
  /** SHA-256 of the model file. */
  readonly artifactSha256: string;
};

export type Prepared = {
  readonly flights: Flights;
  /** In the order of their releases. */
  readonly deployments: readonly [Deployment, ...Deployment[]];
  readonly baselineFile: string;
  /** Row-major features of the flights of January, which the model was trained on. */
  readonly january: Float32Array;
};

/** Rows on which the ONNX runtime is held against our own arithmetic. */
const CHECKED_ROWS = 50_000;

/** Loads the flights, trains on January, writes and checks the model of every release, and writes January as the baseline's file. */
export async function prepare(directory: string, say: (text: string) => void): Promise<Prepared> {
  const flights = await loadFlights();
  say(`loaded ${flights.count.toLocaleString('en')} flights of early 2001`);
  const trained = trainModel(flights);
  const { auc, logLoss, baseLogLoss } = trained.holdout;
  say(
    `trained ${trained.ensemble.trees.length} trees on ${trained.trainedRows.toLocaleString('en')} flights of January: ` +
      `AUC ${auc.toFixed(3)} on its last days, log loss ${logLoss.toFixed(3)} (base rate alone: ${baseLogLoss.toFixed(3)})`,
  );
  const deploy = async (release: Release): Promise<Deployment> => {
    const model = onnxModel(trained.ensemble, 'flight-delay', { version: release.version });
    const file = join(directory, `flight-delay-${release.version}.onnx`);
    await writeFile(file, model);
    return {
      release,
      session: await openModel(file),
      artifactSha256: createHash('sha256').update(model).digest('hex'),
    };
  };
  const [firstRelease, ...laterReleases] = RELEASES;
  const first = await deploy(firstRelease);
  const deployments: [Deployment, ...Deployment[]] = [first, ...(await Promise.all(laterReleases.map(deploy)))];
  const check = await checkModel(
    first.session,
    trained.ensemble,
    trained.january.subarray(0, CHECKED_ROWS * FEATURE_NAMES.length),
  );
  say(
    `wrote ${deployments.length} ONNX models; the runtime agrees with our own arithmetic on ${check.rows.toLocaleString('en')} rows ` +
      `(largest difference ${check.maxDifference.toExponential(1)})`,
  );
  const baselineFile = join(directory, 'january.csv');
  const rows = await writeBaselineFile(baselineFile, flights, trained.january, first.session);
  say(`wrote ${rows.toLocaleString('en')} rows of January to ${baselineFile}`);
  return { flights, deployments, baselineFile, january: trained.january };
}
