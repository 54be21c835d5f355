import type { AgentOptions } from '@tidemark/agent';
import { type Agent, type AgentParts, startAgent } from '../../agent/src/agent.ts';
import type { SealerOptions } from '../../agent/src/export/sealer.ts';
import type { Transport } from '../../agent/src/export/transport.ts';
import { readAgentOptions } from '../../agent/src/options.ts';

/** Some minute of some day. */
export const MINUTE = Date.UTC(2001, 1, 3, 4, 5);

/** An agent that retries at once, whose clock stands still, and which says nothing. */
export function makeAgent(options: Partial<AgentOptions> = {}, parts: AgentParts = {}): Agent {
  const settings = readAgentOptions({
    collector: '127.0.0.1:1',
    model: { name: 'flight-delay', version: '1' },
    clock: { now: () => MINUTE },
    log: () => {},
    ...options,
  });
  return startAgent(settings, { random: () => 0, ...parts });
}

/** A way to nowhere: takes everything and never answers. */
export const NOWHERE: Transport = { open: () => ({ write() {}, end() {}, cancel() {} }), close() {} };

/** What a sealer is told of a process that has nothing to say of itself. */
export function sealerOptions(given: Partial<SealerOptions> = {}): SealerOptions {
  const counts = { captured: 0, sent: 0, pending: 0, dropped: 0, cpuMs: 0, bytesSent: 0 };
  const line = { queueBytes: 0, queueBatches: 0, eventLoopDelayP99Ms: 0, clockSkewMs: 0 };
  return {
    sourceId: new Uint8Array(16),
    info: { service: 's', host: 'h', pid: 1, threadId: 0, agentVersion: '0' },
    now: () => 7,
    health: () => ({ ...counts, ...line }),
    settingsRevision: () => 0,
    ...given,
  };
}
