import type { FastifySchemaCompiler } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { pathText } from '../checked-yaml.ts';
import type { SchemaMistake } from '../schema-mistakes.ts';
import type { MistakesAnswer } from './answers.ts';

/**
 * For routes whose handler checks the body itself. Fastify's own checker stops at the first mistake, drops what it does
 * not know and bends values to types, so that the label `true` becomes 1. Path and query are still checked here.
 */
export const bodyAsItCame: FastifySchemaCompiler<TSchema> =
  ({ schema, httpPart }) =>
  (data) => {
    if (httpPart === 'body') return { value: data };
    const value = Value.Convert(schema, Value.Default(schema, data));
    if (Value.Check(schema, value)) return { value };
    const [first] = Value.Errors(schema, value);
    return { error: new Error(`${httpPart}${first?.instancePath ?? ''} ${first?.message ?? 'is not usable'}`) };
  };

/** Mistakes that are listed: a body of nothing but mistakes must not become an answer many times its size. */
const MAX_LISTED = 1_000;
/** Mistakes that stand in the message for people. */
const MAX_SHOWN = 10;

/** Answers what is wrong with a body: everything, but for the longest of lists. */
export function badBody(
  reply: { code(status: number): unknown },
  mistakes: readonly Pick<SchemaMistake, 'path' | 'message'>[],
): Static<typeof MistakesAnswer> {
  reply.code(400);
  const listed = mistakes.slice(0, MAX_LISTED).map(({ path, message }) => ({ path: [...path], message }));
  const lines = listed
    .slice(0, MAX_SHOWN)
    .map(({ path, message }) => (path.length === 0 ? message : `${pathText(path)}: ${message}`));
  return {
    error: 'bad_request',
    message: `the body has ${mistakes.length} mistake(s): ${lines.join('; ')}`,
    mistakes: listed,
  };
}
