import { LIMITS, type PlainOutcome } from '@tidemark/proto';
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { Clock } from '../../clock.ts';
import { schemaMistakes } from '../../schema-mistakes.ts';
import { KeptAnswer, MistakesAnswer } from '../answers.ts';
import type { OutcomeTaker } from '../api-source.ts';
import { badBody, bodyAsItCame } from '../checked-body.ts';
import { projectOf } from '../guard-routes.ts';

/** Bytes of a body: as many outcomes as one list may have, with a value or two. */
const MAX_BODY = 1024 * 1024;

const OUTCOME = Type.Object(
  {
    model: Type.String(),
    version: Type.String(),
    predictionId: Type.String(),
    at: Type.Optional(Type.String({ description: 'When it became known, ISO 8601; default: now.' })),
    values: Type.Record(
      Type.String(),
      Type.Union([Type.Number(), Type.String(), Type.Boolean(), Type.Null()], {
        expected: 'a number, a text, true, false or null',
      }),
      { description: 'By field; null = it is missing.' },
    ),
  },
  { additionalProperties: false },
);
const OUTCOMES = Type.Array(OUTCOME, {
  maxItems: LIMITS.maxEvents,
  description: 'All are kept, or none where one is wrong.',
});

/** Outcomes from programs that have no agent. */
export function addPostOutcomesRoute(app: FastifyInstance, taker: OutcomeTaker, clock: Clock): void {
  app.post<{ Body: unknown }>(
    '/api/v1/outcomes',
    {
      config: { scope: 'write' },
      bodyLimit: MAX_BODY,
      validatorCompiler: bodyAsItCame,
      schema: {
        summary: 'Say what turned out to be true of predictions; the same list may be sent again',
        body: OUTCOMES,
        response: { 200: KeptAnswer, 400: MistakesAnswer },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const projectId = projectOf(request);
      const mistakes = mistakesOf(body);
      // Then it is no list of outcomes at all, or too long a one.
      if (!Array.isArray(body) || mistakes.some(({ path }) => path.length === 0)) return badBody(reply, mistakes);
      const spoilt = new Set(mistakes.map(({ path: [index] }) => index));
      const indexes = body.flatMap((_, index) => (spoilt.has(index) ? [] : [index]));
      const outcomes = indexes.map((index) => toOutcome(body[index] as Static<typeof OUTCOME>, clock.now()));
      const found = await (mistakes.length === 0 ? taker.take(projectId, outcomes) : taker.check(projectId, outcomes));
      const all = [...mistakes, ...found.map(({ index, message }) => ({ path: [indexes[index] as number], message }))];
      if (all.length === 0) return { kept: outcomes.length };
      return badBody(
        reply,
        all.sort((a, b) => Number(a.path[0]) - Number(b.path[0])),
      );
    },
  );
}

const TIME = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function mistakesOf(body: unknown): { path: (string | number)[]; message: string }[] {
  if (Array.isArray(body) && body.length > LIMITS.maxEvents) {
    return [{ path: [], message: `expected at most ${LIMITS.maxEvents} outcomes in one list, got ${body.length}` }];
  }
  const mistakes = schemaMistakes(OUTCOMES, body).map(({ path, message }) => ({ path: [...path], message }));
  for (const [index, one] of Array.isArray(body) ? body.entries() : []) {
    const at: unknown = typeof one === 'object' && one !== null ? Reflect.get(one, 'at') : undefined;
    if (typeof at === 'string' && !isTime(at)) {
      const shown = JSON.stringify(at.slice(0, 40));
      mistakes.push({ path: [index, 'at'], message: `expected a time such as 2001-01-31T23:00:00Z, got ${shown}` });
    }
  }
  return mistakes;
}

/** Whether it is a moment that exists; the parser alone would take the 30th of February for the 1st of March. */
function isTime(text: string): boolean {
  const day = TIME.exec(text)?.[1];
  if (day === undefined || Number.isNaN(Date.parse(text))) return false;
  return new Date(Date.parse(day)).toISOString().startsWith(day);
}

function toOutcome({ model, version, predictionId, at, values }: Static<typeof OUTCOME>, now: number): PlainOutcome {
  return {
    version: { model, version },
    predictionId,
    atMs: at === undefined ? now : Date.parse(at),
    values: Object.entries(values).map(([field, value]) => ({ stage: 'outcome', field, value: value ?? undefined })),
  };
}
