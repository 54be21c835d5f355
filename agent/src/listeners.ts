import type { Clock } from './clock.ts';
import type { Stratum } from './events/event.ts';
import { EventSampler } from './events/event-sampler.ts';
import { OutcomeBuffer } from './events/outcomes.ts';
import { Privacy } from './events/privacy.ts';
import type { Exporter } from './export/exporter.ts';
import type { LimitedLog } from './limited-log.ts';
import type { Losses } from './losses.ts';
import type { AgentSettings } from './options.ts';
import type { Around, EventKeeper } from './record/around.ts';
import type { FilterOf, ModelVersion } from './record/model-version.ts';
import type { CollectorSettings } from './settings.ts';
import { Tracing } from './trace/tracing.ts';

/** Who hears of calls beside the sketches: sampled events, outcomes and OpenTelemetry. */
export type Listeners = {
  readonly around: Around;
  readonly tracing: Tracing;
  readonly sampler: EventSampler<ModelVersion> | undefined;
  readonly outcomes: OutcomeBuffer<ModelVersion>;
  /** What texts are counted as in summaries, and what values of slices are called. */
  readonly filterOf: FilterOf;
};

// As many as may wait; the exporter cuts them into batches.
const OUTCOMES_AT_ONCE = 10_000;

/** Makes the listeners that the settings ask for; who is not asked for is left out, and costs nothing. */
export function makeListeners(
  settings: AgentSettings,
  { losses, log, clock, random }: { losses: Losses<ModelVersion>; log: LimitedLog; clock: Clock; random: () => number },
): Listeners {
  const tracing = new Tracing(settings, (message) => log.say(message));
  const { events } = settings;
  const sampler = events && new EventSampler<ModelVersion>(events, losses, random);
  const around: Around = {
    ...(settings.metrics !== false && { finished: tracing.finished.bind(tracing) }),
    ...((settings.trace || settings.metrics !== false) && { violated: tracing.violated.bind(tracing) }),
    ...(settings.trace && {
      lowConfidence: tracing.lowConfidence.bind(tracing),
      spanIds: tracing.ids.bind(tracing),
    }),
    ...(sampler && { events: keeperOf(sampler) }),
    ...(events && { lowBelow: events.lowConfidence }),
  };
  const privacy = new Privacy(settings.privacy);
  const filterOf: FilterOf = (stage, field) => privacy.categoryFilter(stage, field);
  const outcomes = new OutcomeBuffer<ModelVersion>(clock, {}, settings.privacy.redactEmails);
  return { around, tracing, sampler, outcomes, filterOf };
}

/** Hands what was kept since the last time to the exporter. */
export function handOver<D>({ sampler, outcomes }: Listeners, exporter: Pick<Exporter<never>, ExtraTaker> & D): void {
  if (sampler !== undefined) exporter.pushEvents(sampler.take());
  if (outcomes.account.pending > 0) exporter.pushOutcomes(outcomes.take(OUTCOMES_AT_ONCE));
}

type ExtraTaker = 'pushEvents' | 'pushOutcomes';

/** Puts settings of the collector to use; they say nothing of versions they do not name. */
export function goBy(
  { revision, models }: CollectorSettings,
  versions: Iterable<ModelVersion>,
  { sampler }: Listeners,
): void {
  for (const version of versions) {
    const own = models.find(({ model, version: name }) => model === version.model && name === version.version);
    if (own === undefined) continue;
    const { bounds, confidenceFloor } = own;
    version.pushed = { revision, bounds, ...(confidenceFloor !== undefined && { confidenceFloor }) };
    sampler?.setShare(own.eventShare, version);
  }
}

function keeperOf(sampler: EventSampler<ModelVersion>): EventKeeper {
  return {
    pick: (version, latencyMs, failed, confidence, violated) =>
      sampler.pick(version, latencyMs, failed, confidence, violated),
    keep: (version, reason, facts, fields, ids) => sampler.keep(version, reason as Stratum, facts, fields, ids),
  };
}
