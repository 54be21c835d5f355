import Type, { type Static } from 'typebox';
import type { ErrorAnswer } from './answers.ts';
import type { SpanQuery } from './api-source.ts';

/** Names a row that has a number. */
export const ID = Type.Object({ id: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) });

/** How much of a list to answer. */
export const LIMIT = Type.Integer({ minimum: 1, maximum: 10_000, default: 1_000 });

/** A half-open span of time, and how much of it to answer. */
export const SPAN = Type.Object({
  from: Type.Optional(Type.String({ format: 'date-time', description: 'Start, ISO 8601; default: the beginning.' })),
  to: Type.Optional(Type.String({ format: 'date-time', description: 'End, not included; default: no end.' })),
  limit: LIMIT,
});

/** Years that every store can hold; what lies outside asks for everything on that side. */
const FIRST = Date.UTC(1970, 0, 1);
const LAST = Date.UTC(9999, 0, 1);

/** The span that was asked for. Throws what becomes status 400 for a time that no clock can show. */
export function spanOf({ from, to, limit }: Static<typeof SPAN>): SpanQuery {
  return {
    from: from === undefined ? FIRST : timeOf('from', from),
    to: to === undefined ? LAST : timeOf('to', to),
    limit,
  };
}

/** A leap second is a good date-time that no clock of ours can show. */
function timeOf(name: string, text: string): number {
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  const message = `querystring/${name}: expected a time without a leap second, got ${text}`;
  throw Object.assign(new RangeError(message), { statusCode: 400 });
}

/** Answers that there is no such thing. */
export function notFound(reply: { code(status: number): unknown }, what: string): Static<typeof ErrorAnswer> {
  reply.code(404);
  return { error: 'not_found', message: `there is no ${what}` };
}
