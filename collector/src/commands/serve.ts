import { loadConfig } from '../config.ts';
import { createLog } from '../log.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';

/** How long a stop may take: receipts for what was received, the tick under way, requests in flight. */
const STOP_TIMEOUT_MS = 10_000;
/** What may still be under way then, such as an export of telemetry to an endpoint that hangs, is waited for no longer. */
const LINGER_MS = 1_000;

export const serve: Command = {
  name: 'serve',
  usage: 'serve [--config tidemark.yaml]',
  summary: 'Run the collector until SIGTERM or SIGINT; SIGHUP reads the rule file anew at once.',
  async run(args) {
    const { values } = readArguments(args, { config: { type: 'string' } }, { min: 0, max: 0 }, this.usage);
    // Half of the program: no other command has to wait for it.
    const { Collector } = await import('../collector.ts');
    const config = await loadConfig(values.config, process.env);
    const log = createLog(config.log);
    const collector = await Collector.create(config, log, process.env);
    // From here on a signal must find somebody who stops in order, also while the ports are still being opened.
    const signalled = new Promise<string>((resolve) => {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
    });
    process.on('SIGHUP', () => void collector.readRulesAnew());
    const { grpcPort, httpPort } = await collector.start();
    console.log(JSON.stringify({ listening: true, grpcPort, httpPort }));
    log.info({ signal: await signalled }, 'stopping');
    // A store that hangs must not keep the process: what was not acknowledged is sent again.
    const late = setTimeout(() => {
      log.error('could not stop in order: the store does not answer');
      process.exit(1);
    }, 2 * STOP_TIMEOUT_MS);
    await collector.stop({ timeoutMs: STOP_TIMEOUT_MS });
    clearTimeout(late);
    setTimeout(() => process.exit(), LINGER_MS).unref();
    return 0;
  },
};
