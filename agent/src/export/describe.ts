import { create } from '@bufbuild/protobuf';
import { type ModelVersion, ModelVersionSchema } from '@tidemark/proto';
import type { Owner } from './delta.ts';

/** The wire's description of a model version. */
export function describe({ model, version, spec }: Owner): ModelVersion {
  const { dataset, gitCommit, artifactSha256, tags, fields } = spec;
  return create(ModelVersionSchema, {
    model,
    version,
    ...(dataset && { dataset }),
    gitCommit: gitCommit ?? '',
    artifactSha256: artifactSha256 ?? '',
    tags: { ...tags },
    fields: fields.map(({ values, ...field }) => ({ ...field, values: [...(values ?? [])] })),
  });
}
