import type { FastifyInstance, FastifyReply } from 'fastify';
import Type, { type Static } from 'typebox';
import { schemaMistakes } from '../../schema-mistakes.ts';
import { MistakesAnswer } from '../answers.ts';
import { badBody, bodyAsItCame } from '../checked-body.ts';
import { projectOf } from '../guard-routes.ts';
import {
  RulesCheckAnswer,
  RulesReplayAnswer,
  RulesTestAnswer,
  RulesTuneAnswer,
  RulesUnansweredAnswer,
  RulesUnusableAnswer,
} from '../rule-answers.ts';
import type { RuleDesk, RulesTested, RuleTrial } from '../rule-desk.ts';

/** Bytes of a body: several thousand rules. */
const MAX_BODY = 1024 * 1024;
/** A rule file as it stands, rather than inside of JSON. */
const YAML = ['application/yaml', 'application/x-yaml', 'text/yaml'];

const closed = { additionalProperties: false } as const;
const RULES = Type.String({ description: 'The text of a rule file.' });
const TIME = 'ISO 8601 in UTC, or how long before, such as 7d';
const STRETCH = {
  rules: RULES,
  model: Type.Optional(Type.String({ description: 'One model; default: all.' })),
  since: Type.Optional(Type.String({ description: `${TIME} \`until\`; default: 30d. At most 92 days before it.` })),
  until: Type.Optional(Type.String({ description: `${TIME} the newest data; default: the end of that.` })),
};
const TEST = Type.Object(
  {
    rules: RULES,
    test: Type.String({ description: 'The text of a file of tests; which rules it names does not matter.' }),
  },
  closed,
);
const REPLAY = Type.Object(
  { ...STRETCH, rule: Type.Optional(Type.String({ description: 'Name of one rule; default: all.' })) },
  closed,
);
const TUNE = Type.Object(
  {
    ...STRETCH,
    rule: Type.String({ description: 'Name of the rule.' }),
    at_most: Type.Optional(
      Type.String({ description: 'Alarms that are acceptable, such as 2/week; default: 1/month, without incidents.' }),
    ),
    incidents: Type.Optional(
      Type.Array(Type.Unknown(), { description: 'Labelled incidents: `{from, until, model, field?, name?}`.' }),
    ),
  },
  closed,
);

const UNANSWERED = { 400: Type.Union([RulesUnusableAnswer, MistakesAnswer]), 503: RulesUnansweredAnswer };
const ROUTE = { config: { scope: 'read' }, bodyLimit: MAX_BODY, validatorCompiler: bodyAsItCame } as const;

/** Rules tried out before they are used: checked, tested, replayed over what is stored, tuned. */
export function addRuleRoutes(app: FastifyInstance, desk: RuleDesk): void {
  app.addContentTypeParser(YAML, { parseAs: 'string' }, async (_request: unknown, body: unknown) => body);

  app.post<{ Body: unknown }>(
    '/api/v1/rules/check',
    {
      ...ROUTE,
      schema: {
        summary: 'Everything that is wrong with a rule file; the body is its text',
        consumes: [...YAML, 'text/plain'],
        body: RULES,
        response: { 200: RulesCheckAnswer, ...UNANSWERED },
      },
    },
    async ({ body }, reply) => {
      if (typeof body !== 'string') return badBody(reply, [{ path: [], message: `expected YAML, sent as ${YAML[0]}` }]);
      const trial = await desk.check(body, closing(reply));
      if (trial.kind !== 'done') return unanswered(reply, trial);
      const { answer } = trial;
      if (!answer.ok) return { ok: false, rules: 0, mistakes: [...answer.mistakes] };
      return { ok: true, rules: answer.file.groups.reduce((sum, { rules }) => sum + rules.length, 0), mistakes: [] };
    },
  );

  app.post<{ Body: unknown }>(
    '/api/v1/rules/test',
    {
      ...ROUTE,
      schema: {
        summary: 'Run tests of rules: windows in, states of alerts out',
        body: TEST,
        response: { 200: RulesTestAnswer, ...UNANSWERED },
      },
    },
    async ({ body }, reply) => {
      const mistakes = schemaMistakes(TEST, body);
      if (mistakes.length > 0) return badBody(reply, mistakes);
      const { rules, test } = body as Static<typeof TEST>;
      const trial = await desk.test(rules, test, closing(reply));
      return trial.kind === 'done' ? testAnswer(trial.answer) : unanswered(reply, trial);
    },
  );

  app.post<{ Body: unknown }>(
    '/api/v1/rules/replay',
    {
      ...ROUTE,
      schema: {
        summary: 'Judge what is stored by other rules: what would have fired, beside what did',
        body: REPLAY,
        response: { 200: RulesReplayAnswer, ...UNANSWERED },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const mistakes = schemaMistakes(REPLAY, body);
      if (mistakes.length > 0) return badBody(reply, mistakes);
      const trial = await desk.replay(projectOf(request), body as Static<typeof REPLAY>, closing(reply));
      return trial.kind === 'done' ? trial.answer : unanswered(reply, trial);
    },
  );

  app.post<{ Body: unknown }>(
    '/api/v1/rules/tune',
    {
      ...ROUTE,
      schema: {
        summary: 'Try thresholds of a rule over what is stored: how many alarms each would have given',
        body: TUNE,
        response: { 200: RulesTuneAnswer, ...UNANSWERED },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const mistakes = schemaMistakes(TUNE, body);
      if (mistakes.length > 0) return badBody(reply, mistakes);
      const trial = await desk.tune(projectOf(request), body as Static<typeof TUNE>, closing(reply));
      return trial.kind === 'done' ? trial.answer : unanswered(reply, trial);
    },
  );
}

/** Aborted when nobody waits for the answer any more. */
function closing(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => controller.abort());
  return controller.signal;
}

function testAnswer(tested: RulesTested) {
  if (!tested.ok) return { ok: false, mistakes: [...tested.mistakes], tests: [] };
  const { tests: names, mismatches } = tested;
  const tests = names.map((test) => {
    const own = mismatches.filter((one) => one.test === test);
    return { test, passed: own.length === 0, mismatches: own };
  });
  return { ok: mismatches.length === 0, mistakes: [], tests };
}

function unanswered(reply: FastifyReply, trial: Exclude<RuleTrial<unknown>, { kind: 'done' }>) {
  if (trial.kind === 'mistakes') {
    reply.code(400);
    const message = `the texts have ${trial.mistakes.length} mistake(s)`;
    return { error: 'bad_request', message, mistakes: [...trial.mistakes] };
  }
  if (trial.kind === 'unusable') {
    reply.code(400);
    return { error: 'bad_request', message: trial.message };
  }
  reply.code(503);
  if (trial.kind === 'busy') {
    reply.header('retry-after', String(trial.retryAfterSeconds));
    return { error: 'busy', message: trial.message, reached: null };
  }
  const reached = trial.reached === null ? null : new Date(trial.reached).toISOString();
  return { error: 'stopped', message: trial.message, reached };
}
