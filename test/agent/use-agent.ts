import { afterEach, beforeEach } from 'node:test';
import type { Agent } from '../../agent/src/agent.ts';
import { FakeCollector } from './fake-collector.ts';
import { makeAgent } from './make-agent.ts';

/** Gives each test of the suite an agent and a collector of its own, and ends both after it; the agent within `stopMs`. */
export function useAgent(take: (agent: Agent, collector: FakeCollector) => void, stopMs = 10_000): void {
  let agent: Agent;
  let collector: FakeCollector;
  beforeEach(async () => {
    collector = await new FakeCollector().start();
    agent = makeAgent({ collector: collector.address });
    take(agent, collector);
  });
  afterEach(async () => {
    await agent.stop({ timeoutMs: stopMs });
    collector.kill();
  });
}
