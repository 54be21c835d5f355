import {
  type Batch,
  checkName,
  decodeHealth,
  decodeSummary,
  LIMITS,
  type ModelVersion,
  toCount,
  WINDOW_WIDTHS_MS,
  type WindowMessage,
  WireError,
} from '@tidemark/proto';
import { SERIES_KINDS } from '@tidemark/sketch';
import { keptAs } from '../kept-for.ts';
import type { Attempt, FieldDescription, PartRefusal, ValidBatch, ValidWindow, VersionDescription } from './batch.ts';
import { checkTime, type TimeBounds } from './time-bounds.ts';
import { validateEvents, validateOutcomes } from './validate-events.ts';

/**
 * A batch that was sealed longer ago is refused: whether it has been counted is no longer known then. Clocks of agents may
 * be off by two days before that could matter.
 */
const MAX_SEALED_MS = 14 * 86_400_000;

/**
 * Checks every part of a batch that came for a project. A bad part is left out and refused by name; the rest is taken.
 * @throws {WireError} if the batch as a whole cannot be told apart from others: no source, no sequence.
 */
export function validate(batch: Batch, bounds: TimeBounds, projectId: number): ValidBatch {
  const { source, sequence } = validateName(batch);
  const refusals: PartRefusal[] = [];
  const attempt: Attempt = (part, rows, check) => {
    try {
      return [check()];
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      refusals.push({ part, code: error.code, message: error.message, rows });
      return [];
    }
  };
  const sealedAt = Number(batch.sealedAtUnixMs);
  const isStale = sealedAt > 0 && bounds.newest - sealedAt > MAX_SEALED_MS;
  const current = <T>(check: () => T) => {
    return () => {
      if (isStale)
        throw new WireError('too_old', 'batch: expected one sealed within 14 days, since ids are not kept longer');
      return check();
    };
  };
  const versions = batch.modelVersions.flatMap((message, i) =>
    attempt(`model_versions[${i}]`, 0, () => validateVersion(message)),
  );
  const windows = batch.windows.flatMap((message, i) => {
    const rows = Math.min(Number(message.rows), Number.MAX_SAFE_INTEGER);
    return attempt(
      `windows[${i}]`,
      rows,
      current(() => validateWindow(message, `windows[${i}]`, bounds, attempt)),
    );
  });
  const losses = batch.losses.flatMap((message, i) =>
    attempt(`losses[${i}]`, 0, () => {
      checkName('model', message.model);
      checkName('version', message.version);
      checkName('reason', message.reason);
      const { model, version, reason } = message;
      return { model, version, reason, count: toCount('count', message.count) };
    }),
  );
  return {
    projectId,
    source,
    sequence,
    sealedAt,
    versions,
    windows,
    losses,
    events: validateEvents(batch.events, bounds, attempt),
    outcomes: validateOutcomes(batch.outcomes, bounds, attempt),
    agent: {
      service: clean(batch.agent?.service),
      host: clean(batch.agent?.host),
      pid: (batch.agent?.pid ?? 0) & 0x7fffffff,
      agentVersion: clean(batch.agent?.agentVersion),
      threadId: (batch.agent?.threadId ?? 0) & 0x7fffffff,
    },
    health: attempt('health', 0, () => (batch.health === undefined ? null : decodeHealth(batch.health)))[0] ?? null,
    settingsRevision:
      attempt('settings_revision', 0, () => toCount('settings_revision', batch.settingsRevision))[0] ?? 0,
    refusals,
  };
}

/**
 * What tells a batch apart from all others of its project.
 * @throws {WireError} `malformed`.
 */
export function validateName(batch: Pick<Batch, 'sourceId' | 'sequence'>): { source: string; sequence: number } {
  if (batch.sourceId.length !== 16) {
    throw new WireError('malformed', `source_id: expected 16 bytes, got ${batch.sourceId.length}`);
  }
  const sequence = toCount('sequence', batch.sequence);
  if (sequence < 1) throw new WireError('malformed', 'sequence: expected 1 or more, got 0');
  return { source: toUuid(batch.sourceId), sequence };
}

function validateWindow(message: WindowMessage, part: string, bounds: TimeBounds, attempt: Attempt): ValidWindow {
  const { model, version, widthMs } = message;
  checkName('model', model);
  checkName('version', version);
  const start = Number(message.startUnixMs);
  if (!(WINDOW_WIDTHS_MS as readonly number[]).includes(widthMs)) {
    throw new WireError('bad_width', `width_ms: expected one of ${WINDOW_WIDTHS_MS.join(', ')}, got ${widthMs}`);
  }
  if (!Number.isSafeInteger(start) || start % widthMs !== 0) {
    throw new WireError('malformed', `start_unix_ms: expected a multiple of ${widthMs}, got ${message.startUnixMs}`);
  }
  checkTime('window', start, keptAs(widthMs), bounds);
  if (message.summaries.length > LIMITS.maxSummaries) {
    throw new WireError(
      'too_large',
      `summaries: expected at most ${LIMITS.maxSummaries}, got ${message.summaries.length}`,
    );
  }
  const rows = toCount('rows', message.rows);
  const errors = toCount('errors', message.errors);
  if (errors > rows) throw new WireError('malformed', `errors: expected at most ${rows} rows, got ${errors}`);
  const summaries = message.summaries.flatMap((summary, i) => {
    const name = `${part}.summaries[${i}]`;
    return attempt(name, 0, () => {
      const { stage, field, slice, summary: decoded } = decodeSummary(summary);
      return { part: name, stage, field, slice, summary: decoded };
    });
  });
  return { part, model, version, start, widthMs, rows, errors, summaries };
}

function validateVersion(message: ModelVersion): VersionDescription {
  checkName('model', message.model);
  checkName('version', message.version);
  for (const [key, value] of Object.entries(message.tags)) {
    checkName('tag', key);
    if (value !== '') checkName(`tag ${key}`, value);
  }
  if (message.artifactSha256 !== '' && !/^[0-9a-f]{64}$/.test(message.artifactSha256)) {
    throw new WireError('malformed', 'artifact_sha256: expected 64 lower-case hex digits');
  }
  return {
    model: message.model,
    version: message.version,
    dataset: message.dataset === undefined ? null : pick(message.dataset),
    gitCommit: message.gitCommit === '' ? null : clean(message.gitCommit),
    artifactSha256: message.artifactSha256 === '' ? null : message.artifactSha256,
    tags: { ...message.tags },
    fields: message.fields.slice(0, LIMITS.maxSummaries).map(validateField),
  };
}

function pick({ uri, from, to }: { uri: string; from: string; to: string }) {
  return { uri: clean(uri, 2048), from: clean(from), to: clean(to) };
}

function validateField(message: ModelVersion['fields'][number]): FieldDescription {
  checkName('stage', message.stage);
  checkName('field', message.field);
  const kind = SERIES_KINDS.find((one) => one === message.kind);
  if (kind === undefined) {
    throw new WireError(
      'malformed',
      `kind of ${message.field}: expected one of ${SERIES_KINDS.join(', ')}, got ${JSON.stringify(message.kind)}`,
    );
  }
  return {
    stage: message.stage,
    field: message.field,
    kind,
    ...(message.min === undefined ? {} : { min: message.min }),
    ...(message.max === undefined ? {} : { max: message.max }),
    ...(message.values.length === 0 ? {} : { values: message.values.map((value) => clean(value)) }),
  };
}

/** Text that is only shown: made well-formed, without control characters, and cut. */
function clean(text: string | undefined, length: number = LIMITS.maxNameBytes): string {
  return (
    (text ?? '')
      .toWellFormed()
      .replace(/\p{Cc}/gu, ' ')
      .slice(0, length)
      // A pair may have been cut in two, and half a character is refused by every database.
      .toWellFormed()
  );
}

function toUuid(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
