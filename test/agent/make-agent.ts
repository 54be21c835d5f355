import type { AgentOptions } from '@tidemark/agent';
import { type Agent, type AgentParts, startAgent } from '../../agent/src/agent.ts';
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
