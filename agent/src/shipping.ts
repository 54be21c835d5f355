import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { threadId } from 'node:worker_threads';
import { AGENT_VERSION } from './agent-version.ts';
import { WALL_CLOCK } from './clock.ts';
import { watchExit } from './exit.ts';
import type { LossSink } from './export/accounts.ts';
import type { Delta } from './export/delta.ts';
import { Exporter, type FlushResult } from './export/exporter.ts';
import { GrpcTransport } from './export/grpc.ts';
import { SettingsInbox } from './export/settings-inbox.ts';
import { type FlushOptions, Shipper } from './export/shipper.ts';
import { Spool } from './export/spool.ts';
import { SpoolDirectory } from './export/spool-directory.ts';
import type { Transport } from './export/transport.ts';
import type { Health } from './health.ts';
import type { LimitedLog } from './limited-log.ts';
import { LoopDelay } from './loop-delay.ts';
import type { AgentSettings } from './options.ts';
import type { CollectorSettings } from './settings.ts';
import { shielded } from './shield.ts';
import type { AgentStats, SpoolStats } from './stats.ts';
import { WorkTime } from './work-time.ts';

/** What shipping needs of what records. */
export type Recording<D> = {
  readonly losses: LossSink;
  readonly log: LimitedLog;
  /** Takes the open windows. */
  readonly drain: () => readonly D[];
  /** Inferences so far: that came to an end, that are in open windows, that were given up. */
  readonly counts: () => Pick<Health, 'captured' | 'dropped'> & { readonly open: number };
  /** Outcomes that `drain` has yet to hand over. */
  readonly outcomesWaiting: () => number;
  /** Gets each new revision of the collector's settings. */
  readonly onSettings: (settings: CollectorSettings) => void;
};

/** What tests put in the place of the network and of chance. */
export type ShippingParts = { readonly transport?: Transport; readonly random?: () => number };

/** Figures of what was sent and how, as `stats` gives them. */
export type ShippingStats = Omit<AgentStats, 'captured' | 'dropped' | 'incomplete'>;

/** Everything between open windows and the collector. */
export type Shipping<D extends Delta<D>> = {
  readonly exporter: Exporter<D>;
  start(): void;
  flush(options?: FlushOptions): Promise<FlushResult>;
  stop(options?: FlushOptions): Promise<FlushResult>;
  stats(): ShippingStats;
};

const NO_SPOOL: SpoolStats = Object.freeze({ batches: 0, bytes: 0, recovered: 0, refusedRows: 0, dropped: 0, bad: 0 });

/** Introduces exporter, shipper and spool to each other and to the process. */
export function makeShipping<D extends Delta<D>>(
  settings: AgentSettings,
  recording: Recording<D>,
  parts: ShippingParts,
): Shipping<D> {
  const { losses, log, drain, counts, outcomesWaiting, onSettings } = recording;
  const say = (message: string) => log.say(message);
  const random = parts.random ?? Math.random;
  const newTransport = () => parts.transport ?? new GrpcTransport(settings.collector, settings);
  const sourceId = randomBytes(16);
  const work = new WorkTime();
  const loopDelay = new LoopDelay();
  const inbox = new SettingsInbox(onSettings, say);
  const spool = settings.spool && settings.enabled ? newSpool(settings.spool) : undefined;
  let eventLoopDelayP99Ms = 0;

  function newSpool({ directory, maxBytes }: NonNullable<AgentSettings['spool']>): Spool {
    return new Spool({
      directory: new SpoolDirectory(directory),
      maxBytes,
      maxWritingBytes: settings.maxQueueBytes / 8,
      source: sourceId.toString('hex'),
      transport: newTransport(),
      random,
      say,
    });
  }

  const health = (): Health => {
    const { captured, dropped, open } = counts();
    // The first batch only starts the monitor: nothing was measured before.
    eventLoopDelayP99Ms = loopDelay.takeP99Ms();
    loopDelay.start();
    return {
      captured,
      sent: exporter.accounts.sentRows,
      pending: open + exporter.pendingRows + (spool?.rows ?? 0),
      dropped,
      cpuMs: work.ms,
      bytesSent: exporter.line.bytesSent,
      queueBytes: exporter.bytes,
      queueBatches: exporter.batches,
      eventLoopDelayP99Ms,
      clockSkewMs: exporter.line.skewMs,
    };
  };
  const { service } = settings;
  const exporter = new Exporter<D>({
    transport: newTransport(),
    losses,
    sealer: {
      sourceId,
      info: { service, host: hostname(), pid: process.pid, threadId, agentVersion: AGENT_VERSION },
      now: () => WALL_CLOCK.now(),
      health,
      settingsRevision: (versions) => inbox.revisionOf(versions),
    },
    maxBytes: settings.maxQueueBytes / 2,
    random,
    say,
    settings: inbox,
    work,
    ...(spool && { spool }),
  });
  const shipper = new Shipper(exporter, drain, settings.flushIntervalMs, work);
  const failed = (error: unknown) =>
    say(`could not send at the end: ${error instanceof Error ? error.message : typeof error}`);
  let unwatch = () => {};

  return {
    exporter,
    start() {
      shipper.start();
      unwatch = watchExit({
        signals: settings.exitSignals,
        hasWork: () => counts().open + outcomesWaiting() + exporter.pendingRows + exporter.pendingOutcomes > 0,
        flush: (wait) => shipper.lastFlush(wait).catch(failed),
        leave: shielded(() => shipper.leave(), failed),
      });
    },
    flush: (options) => shipper.flush(options),
    async stop(options) {
      const result = await shipper.stop(options);
      unwatch();
      loopDelay.stop();
      return result;
    },
    stats: () => ({
      sent: exporter.accounts.sentRows,
      pending: counts().open + exporter.pendingRows,
      spooled: spool?.rows ?? 0,
      outcomes: {
        given: exporter.accounts.givenOutcomes,
        sent: exporter.accounts.sentOutcomes,
        pending: exporter.pendingOutcomes,
        spooled: spool?.outcomes ?? 0,
        dropped: exporter.accounts.droppedOutcomes,
      },
      spool: spool?.stats ?? NO_SPOOL,
      queueBytes: exporter.bytes,
      queueBatches: exporter.batches,
      bytesSent: exporter.line.bytesSent,
      cpuMs: work.ms,
      eventLoopDelayP99Ms,
      clockSkewMs: exporter.line.skewMs,
      settingsRevision: inbox.revision,
    }),
  };
}
