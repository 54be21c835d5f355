import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { MODEL_SETTINGS, settingsMeaning, toModelSettings } from '../../agent-settings/check.ts';
import type { StoredSettings } from '../../agent-settings/settings-store.ts';
import { schemaMistakes } from '../../schema-mistakes.ts';
import { ConflictAnswer, ErrorAnswer, MistakesAnswer, SettingsAnswer } from '../answers.ts';
import type { SettingsKeeper } from '../api-source.ts';
import { badBody, bodyAsItCame } from '../checked-body.ts';
import { projectOf } from '../guard-routes.ts';
import { ID, notFound } from '../queries.ts';

const PATH = '/api/v1/models/:id/settings';

const CHANGE = Type.Object(
  {
    revision: Type.Integer({ minimum: 0, description: 'The one that was read before the change; 0 = there was none.' }),
    settings: MODEL_SETTINGS,
    changedBy: Type.Optional(Type.String({ minLength: 1, maxLength: 128, description: 'For people; default: api.' })),
  },
  { additionalProperties: false },
);

/** What the agents of a model version are to go by, without a deploy. */
export function addSettingsRoutes(app: FastifyInstance, keeper: SettingsKeeper): void {
  app.get<{ Params: Static<typeof ID> }>(
    PATH,
    {
      config: { scope: 'read' },
      schema: {
        summary: 'What the agents of a model version are to go by',
        params: ID,
        response: { 200: SettingsAnswer, 404: ErrorAnswer },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const stored = await keeper.current(projectOf(request), id);
      return stored === null ? notFound(reply, `model version ${id}`) : answerOf(stored);
    },
  );

  app.put<{ Params: Static<typeof ID>; Body: unknown }>(
    PATH,
    {
      config: { scope: 'admin' },
      validatorCompiler: bodyAsItCame,
      schema: {
        summary:
          'Change what the agents of a model version are to go by, as a whole; they get it with their next receipt',
        params: ID,
        body: CHANGE,
        response: { 200: SettingsAnswer, 400: MistakesAnswer, 404: ErrorAnswer, 409: ConflictAnswer },
      },
    },
    async (request, reply) => {
      const {
        params: { id },
        body,
      } = request;
      const mistakes = mistakesOf(body);
      if (mistakes.length > 0) return badBody(reply, mistakes);
      const { revision: expected, settings, changedBy = 'api' } = body as Static<typeof CHANGE>;
      const changed = await keeper.change({
        projectId: projectOf(request),
        versionId: id,
        expected,
        settings: toModelSettings(settings),
        changedBy,
      });
      if (changed.kind === 'unknown') return notFound(reply, `model version ${id}`);
      if (changed.kind === 'stored') return answerOf(changed.stored);
      const { revision } = changed;
      reply.code(409);
      return {
        error: 'conflict',
        message: `expected revision ${expected}, but ${revision} is there: read it again`,
        revision,
      };
    },
  );
}

function mistakesOf(body: unknown) {
  const meaning = typeof body === 'object' && body !== null && 'settings' in body ? settingsMeaning(body.settings) : [];
  return [
    ...schemaMistakes(CHANGE, body),
    ...meaning.map(({ path, message }) => ({ path: ['settings', ...path], message })),
  ];
}

function answerOf({ revision, changedAt, changedBy, settings }: StoredSettings): Static<typeof SettingsAnswer> {
  const { bounds, ...rest } = settings;
  return {
    revision,
    changed_at: revision === 0 ? null : new Date(changedAt).toISOString(),
    changed_by: revision === 0 ? null : changedBy,
    settings: {
      bounds: bounds.map(({ values, ...one }) => ({ ...one, ...(values && { values: [...values] }) })),
      ...rest,
    },
  };
}
