import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Access } from './access/access.ts';
import { createAccess } from './access/create-access.ts';
import { CurrentSettings } from './agent-settings/current-settings.ts';
import type { OnTick } from './alerting/engine.ts';
import { JudgeLoop } from './alerting/judge-loop.ts';
import { logChanges } from './alerting/log-changes.ts';
import { RuleTrials } from './alerting/trials/rule-trials.ts';
import { ApiServer } from './api/server.ts';
import { ChanceThread } from './chance/chance-thread.ts';
import { type Clock, DataClock, monotonicNow, wallClock } from './clock.ts';
import type { Config } from './config.ts';
import { createJudges } from './create-judges.ts';
import { messageOf } from './errors.ts';
import { COMMIT_SPAN_MS } from './ingest/commit-pace.ts';
import { Ingest } from './ingest/ingest.ts';
import { logNotices } from './ingest/log-notices.ts';
import { OutcomeDesk } from './ingest/outcome-desk.ts';
import { acceptanceBounds } from './kept-for.ts';
import { LiveRules } from './live-rules.ts';
import type { Logger } from './log.ts';
import { Outbox } from './notify/outbox.ts';
import { ReceiveServer } from './receive/server.ts';
import { createSettingsStore } from './store/agent-settings.ts';
import { createApiReader } from './store/api-reader.ts';
import { registerCollector } from './store/batches.ts';
import type { Database } from './store/database.ts';
import { DeliveryTable } from './store/deliveries.ts';
import { createIngestStore } from './store/ingest-transaction.ts';
import { KnownRetention } from './store/known-retention.ts';
import { Leader } from './store/leader.ts';
import { newestWindowStart } from './store/models.ts';
import { openStore } from './store/open.ts';
import { DEFAULT_PROJECT } from './store/projects.ts';
import { Retention } from './store/retention.ts';
import { rollUpDuty } from './store/roll-up-duty.ts';
import { createSpanStore } from './store/span-store.ts';
import { readStoreFigures } from './store/store-figures.ts';
import { createTokenSource } from './store/tokens.ts';
import { Health } from './telemetry/health.ts';
import { Telemetry } from './telemetry/telemetry.ts';
import { RenewedCertificates } from './tls/renewed-certificates.ts';

/** Agents' clocks may be ahead by this much before their windows count as lying in the future. */
const MAX_SKEW_MS = 5 * 60_000;

/** Ports in use and what to call them. */
export type Listening = { readonly grpcPort: number; readonly httpPort: number };

/** The rooms, each with what it needs of the others. */
type Parts = {
  readonly log: Logger;
  readonly database: Database;
  readonly ingest: Ingest;
  readonly settings: CurrentSettings;
  readonly receive: ReceiveServer;
  readonly api: ApiServer;
  readonly loop: JudgeLoop;
  readonly chance: ChanceThread;
  readonly trials: RuleTrials;
  readonly outbox: Outbox;
  readonly known: KnownRetention;
  readonly health: Health;
  readonly access: Access;
  readonly leader: Leader;
  readonly liveRules: LiveRules;
  readonly telemetry: Telemetry;
};

/**
 * Introduces the rooms of the collector to each other, starts them in the order in which they need each other
 * and stops them in the reverse.
 */
export class Collector {
  readonly #parts: Parts;
  #stopping: Promise<void> | undefined;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Reads the rules, opens and migrates the store, and prepares everything; nothing listens yet.
   * @throws {CollectorError} naming what is wrong and what to do; then nothing is left open.
   */
  static async create(config: Config, log: Logger, env: NodeJS.ProcessEnv): Promise<Collector> {
    const liveRules = await LiveRules.open(config.rules, env, log);
    const tls = config.tls === null ? undefined : await RenewedCertificates.open(config.tls, wallClock, log);
    const telemetry = await Telemetry.create(env, log);
    let database: Database | undefined;
    try {
      database = await openStore(config, log);
      return await Collector.#assemble(config, log, database, telemetry, liveRules, tls);
    } catch (error) {
      await telemetry.stop({ timeoutMs: 0 });
      await database?.close();
      throw error;
    }
  }

  static async #assemble(
    config: Config,
    log: Logger,
    database: Database,
    telemetry: Telemetry,
    liveRules: LiveRules,
    tls: RenewedCertificates | undefined,
  ): Promise<Collector> {
    const part = await registerCollector(database, randomUUID(), hostname());
    const dataClock = new DataClock();
    dataClock.advance((await newestWindowStart(database)) ?? -Infinity);
    const clock: Clock = config.time === 'data' ? dataClock : wallClock;
    const outbox = new Outbox({
      queue: new DeliveryTable(database),
      receivers: liveRules.receivers,
      clock: wallClock,
      random: Math.random,
      log,
      observer: telemetry.onDelivery,
    });
    const onTick: OnTick = (group, tick, changes) => {
      logChanges(log, group, tick, changes);
      if (changes.some(({ tell }) => tell.length > 0)) outbox.wake();
    };
    const known = new KnownRetention(database, config.keptFor, log);
    const chance = new ChanceThread();
    const judges = createJudges({ database, config, liveRules, known, clock, chance, onTick, telemetry });
    const loop = new JudgeLoop({
      judge: judges,
      clock,
      onError: (error) => {
        telemetry.judgingFailed();
        log.error({ reason: messageOf(error) }, 'judging failed; it will be tried again');
      },
    });
    liveRules.onChanged(() => {
      judges.startOver();
      loop.wake();
    });
    const ingestStore = createIngestStore(database, part);
    const ingest = new Ingest(
      ingestStore,
      (newestStart) => {
        dataClock.advance(newestStart);
        if (config.time === 'data') loop.wake();
      },
      {
        spanMs: COMMIT_SPAN_MS,
        budgets: config.budgets,
        observer: telemetry.onCommit,
        ...logNotices(log),
      },
    );
    const bounds = (projectId: number) => ({
      oldest: acceptanceBounds(known.of(projectId), clock.now()),
      newest: Date.now() + MAX_SKEW_MS,
    });
    const settings = new CurrentSettings(createSettingsStore(database), log);
    const ports = { addresses: [config.grpc, config.http], hasTls: tls !== undefined };
    const tokens = createTokenSource(database);
    const access = createAccess(config.auth, ports, tokens, DEFAULT_PROJECT.id, { clock: wallClock, log });
    const health = new Health(
      () => database.query('select 1'),
      () => ({ ok: loop.failure === null, detail: loop.failure ?? 'up to date' }),
      () => ingest.condition.health,
    );
    const receive = new ReceiveServer(
      config.grpc,
      { ingest, bounds, access, settings, clock: wallClock, log, observer: telemetry.onAnswer },
      { tls, isReady: async () => (await health.check()).every(({ ok }) => ok) },
    );
    const trials = new RuleTrials((projectId) => createSpanStore(database, projectId, config));
    const api = await ApiServer.create(config.http, {
      source: (projectId) => createApiReader(database, projectId),
      access,
      outcomes: new OutcomeDesk(ingestStore, bounds),
      settings,
      rules: trials,
      health,
      tls,
      clock: wallClock,
      log,
      metrics: telemetry,
      observer: telemetry.onRequest,
    });
    const rollUp = rollUpDuty(clock, log, telemetry.onUpkeep);
    const retention = new Retention({
      keptFor: config.keptFor,
      clock,
      wallClock,
      monotonicNow,
      log,
      observer: telemetry.onUpkeep,
    });
    const leader = new Leader({ database, duties: [rollUp, retention], monotonicNow, log });
    telemetry.observe({
      figures: {
        backlogBytes: () => receive.backlogBytes,
        openStreams: () => receive.openStreams,
        openParts: () => ingest.openParts,
        judgingLagMs: () => judges.overdueMs(clock.now()),
        judgedAt: () => loop.succeededAt,
        isLeading: () => leader.isLeading,
      },
      storeKind: database.kind,
      readStore: () => readStoreFigures(database, config.budgets),
      checkHealth: () => health.check(),
    });
    return new Collector({
      leader,
      liveRules,
      log,
      database,
      ingest,
      settings,
      receive,
      api,
      loop,
      chance,
      trials,
      outbox,
      known,
      health,
      access,
      telemetry,
    });
  }

  /** @throws {CollectorError} `PORT_IN_USE`; then everything is stopped again. */
  async start(): Promise<Listening> {
    const { access, api, known, leader, liveRules, log, loop, outbox, receive, settings, telemetry } = this.#parts;
    try {
      access.start();
      outbox.start();
      loop.start();
      liveRules.start();
      await known.start();
      leader.start();
      await settings.start();
      await api.start();
      await receive.start();
      telemetry.start();
    } catch (error) {
      await this.stop({ timeoutMs: 5_000 });
      throw error;
    }
    const listening = { grpcPort: receive.port ?? 0, httpPort: api.port ?? 0 };
    log.info(listening, 'collector is listening');
    return listening;
  }

  /** Looks at the rule file at once: what has changed and is usable takes the place of the rules before. Never rejects. */
  readRulesAnew(): Promise<void> {
    return this.#parts.liveRules.look();
  }

  /** Everything received is committed and answered, the tick under way is stored, requests in flight are finished. Safe twice. */
  stop({ timeoutMs }: { timeoutMs: number }): Promise<void> {
    this.#stopping ??= this.#finish(timeoutMs);
    return this.#stopping;
  }

  async #finish(timeoutMs: number): Promise<void> {
    const { access, api, chance, database, health, ingest, known, leader } = this.#parts;
    const { liveRules, log, loop, outbox, receive, settings, telemetry, trials } = this.#parts;
    health.stopping();
    // Upkeep needs nothing of what follows: another collector of the database takes it over meanwhile.
    const handedOver = leader.stop();
    await receive.stop(timeoutMs);
    await ingest.stop();
    await liveRules.stop();
    // What chance does may take minutes to find out: a tick that waits for it is left, not waited for.
    const judged = loop.stop();
    await Promise.all([chance.stop(), trials.stop()]);
    await judged;
    await outbox.stop({ timeoutMs });
    await known.stop();
    await handedOver;
    await api.stop();
    await settings.stop();
    access.stop();
    await telemetry.stop({ timeoutMs });
    await database.close();
    log.info('collector has stopped');
  }
}
