import type { PartRefusal, VersionName } from './batch.ts';

/** The refusal of a part whose model version nobody described. */
export function unknownVersion(part: string, { model, version }: VersionName, rows: number): PartRefusal {
  const message =
    `model version ${model} ${version} is not known here; an agent describes it in model_versions ` +
    'of the first batch of a connection';
  return { part, code: 'unknown_model_version', message, rows };
}
