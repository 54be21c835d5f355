import { create } from '@bufbuild/protobuf';
import { type ModelVersion, ModelVersionSchema } from '@tidemark/proto';
import { PAIR_STAGE, pairOf } from '../pair-options.ts';
import type { Owner } from './delta.ts';

/** The wire's description of a model version. */
export function describe({ model, version, spec }: Owner): ModelVersion {
  const { dataset, gitCommit, artifactSha256, tags, fields, pairs } = spec;
  return create(ModelVersionSchema, {
    model,
    version,
    ...(dataset && { dataset }),
    gitCommit: gitCommit ?? '',
    artifactSha256: artifactSha256 ?? '',
    tags: { ...tags },
    fields: [
      ...fields.map(({ values, ...field }) => ({ ...field, values: [...(values ?? [])] })),
      ...pairs.map((pair) => ({ stage: PAIR_STAGE, field: pairOf(pair).name, kind: 'pair', values: [] })),
    ],
  });
}
