import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { DAY, HOUR, REPLAY_TO } from './calendar.ts';
import { CollectorApi, type VersionAnswer } from './collector-api.ts';
import { CollectorProcess, runCommand } from './collector-process.ts';
import { type DemoOptions, readDemoOptions } from './demo-options.ts';
import { type GuardedRun, guardedRun } from './guarded-run.ts';
import { RELEASES } from './incidents.ts';
import { prepare } from './prepare.ts';
import { type LocalReceiver, startReceiver } from './receiver.ts';
import { reportOf, time } from './report.ts';
import { MODEL, type Served, serveHistory } from './serve-history.ts';
import { judgeEpisodes, type Verdict } from './verdict.ts';

const DIRECTORY = '.tidemark/demo';
const RULES = fileURLToPath(new URL('../rules.yaml', import.meta.url));
/** Days at which the collector is killed: one before, one during and one after an incident. */
const KILL_DAYS = [Date.UTC(2001, 1, 11), Date.UTC(2001, 2, 21), Date.UTC(2001, 4, 2)];
const MOST_FALSE_ALERTS = 2;

try {
  process.exitCode = await main(readDemoOptions(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(options: DemoOptions): Promise<number> {
  const started = Date.now();
  const say = (text: string) => console.log(`[${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s] ${text}`);
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  process.once('SIGTERM', () => interrupted.abort());

  await rm(DIRECTORY, { recursive: true, force: true });
  await mkdir(DIRECTORY, { recursive: true });
  const prepared = await prepare(DIRECTORY, say);
  const { flights, deployments, baselineFile } = prepared;
  const guarded = options.guarded ? guardedRun(prepared) : undefined;

  const webhookSecret = `whsec_${randomBytes(32).toString('base64')}`;
  const receiver = await startReceiver({
    secrets: [webhookSecret],
    onReceived: ({ channel, body }) => printArrival(channel, body),
  });
  const settings = {
    DATABASE_URL: '',
    TIDEMARK_DATA_DIR: `${DIRECTORY}/store`,
    TIDEMARK_RULES: RULES,
    TIDEMARK_TIME: 'data',
    ...(options.once ? { TIDEMARK_GRPC: '127.0.0.1:0', TIDEMARK_HTTP: '127.0.0.1:0' } : {}),
    DEMO_SLACK_URL: receiver.urls.slack,
    DEMO_PAGERDUTY_URL: receiver.urls.pagerduty,
    DEMO_PAGERDUTY_KEY: 'demodemodemodemodemodemodemodemo',
    DEMO_WEBHOOK_URL: receiver.urls.webhook,
    DEMO_WEBHOOK_SECRET: webhookSecret,
  };
  say(
    await runCommand(
      [
        'baseline',
        'create',
        '--from',
        baselineFile,
        '--model',
        MODEL,
        '--version',
        RELEASES[0].version,
        '--name',
        'january',
      ],
      settings,
    ),
  );

  const collector = new CollectorProcess(settings, `${DIRECTORY}/collector.log`);
  await collector.start();
  say(
    `collector takes gRPC at ${collector.grpcAddress} and answers at ${collector.httpUrl}; its log is ${DIRECTORY}/collector.log`,
  );
  try {
    const served = await serveHistory({
      flights,
      deployments,
      collector: collector.grpcAddress,
      speedUp: options.speedUp,
      signal: interrupted.signal,
      ...(guarded && { serving: guarded.serving }),
      onDay: async (day, flush) => {
        const flushed = flush();
        if (options.chaos && KILL_DAYS.includes(day)) await crash(collector, say);
        await flushed;
        if (new Date(day).getUTCDate() === 1) say(`served until ${time(day)}`);
      },
    });
    if (interrupted.signal.aborted) return 1;
    say(`served ${served.rows.toLocaleString('en')} flights; waiting until the last of them is judged`);
    const api = new CollectorApi(collector.httpUrl);
    const isGood = await conclude(api, served, receiver, guarded);
    say(isGood ? 'all is as it should be' : 'NOT all is as it should be, see above');
    if (options.once) return isGood ? 0 : 1;
    console.log(
      `\nThe API is at ${collector.httpUrl}/api/v1/alerts?state=all (OpenAPI: /api/v1/openapi.json). Ctrl-C ends the demo.`,
    );
    await untilAborted(interrupted.signal);
    return 0;
  } finally {
    await collector.stop();
    await receiver.close();
  }
}

/** Kills the collector while a day of windows is on its way to it, and starts it again. */
async function crash(collector: CollectorProcess, say: (text: string) => void): Promise<void> {
  await collector.kill();
  say('CHAOS: killed the collector with -9 while batches were on their way');
  await collector.start();
  say('CHAOS: started it again');
}

/** Prints what came of it. @returns whether everything is as it should be. */
async function conclude(
  api: CollectorApi,
  served: Served,
  receiver: LocalReceiver,
  guarded: GuardedRun | undefined,
): Promise<boolean> {
  const versions = await api.versions(MODEL);
  const last = versions.find(({ version }) => version === RELEASES.at(-1)?.version);
  if (last === undefined) throw new Error('the collector has never seen the last release');
  // The last tick whose data is complete: the newest window starts an hour before the end, and one hour is waited for.
  await api.waitForJudging(last.id, 'input', 'distance', Math.floor((REPLAY_TO - 2 * HOUR) / (6 * HOUR)) * 6 * HOUR);
  await api.waitForDeliveries();
  const verdict = judgeEpisodes(await api.episodes());
  console.log(`\n${reportOf(verdict)}\n`);
  const isStored = await checkRows(api, served, versions, guarded);
  const isValid = checkPayloads(receiver);
  const isGood = isStored && isValid && isFound(verdict);
  return guarded === undefined ? isGood : (await guarded.conclude(api, versions)) && isGood;
}

function isFound({ incidents, others }: Verdict): boolean {
  const missed = incidents.filter(({ episodes }) => episodes.length === 0).length;
  const falseAlerts = others.filter(({ explanation }) => explanation === null).length;
  console.log(
    `${incidents.length - missed} of ${incidents.length} incidents found, ${falseAlerts} false alerts in ${(REPLAY_TO - Date.UTC(2001, 1, 1)) / DAY} days`,
  );
  return missed === 0 && falseAlerts <= MOST_FALSE_ALERTS;
}

async function checkRows(
  api: CollectorApi,
  served: Served,
  versions: readonly VersionAnswer[],
  guarded: GuardedRun | undefined,
): Promise<boolean> {
  const stored = versions.reduce((sum, { rows }) => sum + rows, 0);
  let predictions = 0;
  let features = 0;
  for (const { id } of versions) {
    predictions += await api.countValues(id, 'prediction', 'delayed');
    features += await api.countValues(id, 'feature', 'distance');
  }
  const { captured, sent, pending } = served.stats;
  const fallbacks = guarded?.fallbacks() ?? 0;
  // A guard sees the features of every call, also of those that never reach the model.
  const through = guarded === undefined ? 'rows through the model' : `by the fallback ${fallbacks}, rows checked`;
  console.log(`rows served ${served.rows}, captured ${captured}, acknowledged ${sent}, pending ${pending}`);
  console.log(`rows in the store ${stored}, predictions ${predictions}, ${through} ${features}`);
  const isSame = [captured, sent, stored, predictions + fallbacks, features].every((count) => count === served.rows);
  const isSplit = versions.every(({ version, rows }) => rows === (served.byVersion.get(version) ?? 0));
  if (!isSame || !isSplit) console.log('ROWS DIFFER');
  return isSame && isSplit;
}

function checkPayloads(receiver: LocalReceiver): boolean {
  const broken = receiver.received.filter(({ mistakes }) => mistakes.length > 0);
  const counts = (['slack', 'pagerduty', 'webhook'] as const).map(
    (channel) => `${receiver.received.filter((one) => one.channel === channel).length} ${channel}`,
  );
  for (const channel of ['slack', 'pagerduty'] as const) {
    const sample = receiver.received.find((one) => one.channel === channel);
    if (sample !== undefined) console.log(`a payload to ${channel}:\n${JSON.stringify(sample.body, null, 1)}`);
  }
  console.log(`payloads received: ${counts.join(', ')}; ${broken.length} break a documented limit`);
  for (const { channel, mistakes } of broken) console.log(`  ${channel}: ${mistakes.join('; ')}`);
  return broken.length === 0 && receiver.received.length > 0;
}

function printArrival(channel: string, body: unknown): void {
  if (channel !== 'slack') return;
  const text = (body as { text?: unknown } | null)?.text;
  console.log(`        #chat  ${typeof text === 'string' ? text.split('\n')[0] : '(no text)'}`);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  // A pending promise alone does not keep a process alive; the collector and the receiver do.
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
