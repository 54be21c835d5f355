import { seeded } from '../bench/seeded.ts';
import { Ledger } from './ledger.ts';
import { Notes } from './notes.ts';
import { PreparedWindows } from './prepared-windows.ts';
import { type FleetShape, trafficAt } from './shape.ts';
import { SimulatedAgent } from './simulated-agent.ts';

export type FleetOptions = {
  readonly shape: FleetShape;
  readonly seed: number;
  readonly agents: number;
  /** host:port of the collectors; agents are spread over them. */
  readonly addresses: readonly string[];
  /** ms since the epoch; what the clocks of agents show, by which they seal batches, whatever the times of what they serve. */
  readonly now: () => number;
  /** What an agent's clock is off by, in ms, by the place of the agent. */
  readonly clockOffsetMs?: (agent: number) => number;
};

/** How often a running fleet looks whose turn it is. */
const TURN_MS = 50;
/** Multiples of the golden section fill an interval evenly, however many there are: so the agents' moments are spread. */
const GOLDEN_SHARE = (Math.sqrt(5) - 1) / 2;
/** Parts into which the mean size of a delta is divided; few sizes mean that few sketches have to be made. */
const GRAINS = 4;

/** Agents, what they serve, and the books of all of them. The same seed makes the same traffic. */
export class Fleet {
  readonly ledger: Ledger;
  readonly notes = new Notes();
  readonly agents: readonly SimulatedAgent[];
  readonly #options: FleetOptions;
  readonly #served: readonly (readonly number[])[];
  readonly #servers: readonly number[];
  readonly #random: () => number;
  #factor = 1;

  constructor(options: FleetOptions) {
    const { shape, seed, agents, addresses, now, clockOffsetMs = () => 0 } = options;
    const random = seeded(seed);
    this.#options = options;
    this.#random = seeded(seed + 1);
    this.ledger = new Ledger(shape);
    const windows = new PreparedWindows(shape, seed);
    this.#served = Array.from({ length: agents }, (_, i) => modelsOf(shape, i, agents));
    this.#servers = shape.models.map((_, model) => this.#served.filter((served) => served.includes(model)).length);
    this.agents = this.#served.map((models, index) => {
      const own = seeded(Math.floor(random() * 2 ** 31));
      const clock = () => now() + clockOffsetMs(index);
      const { ledger, notes } = this;
      return new SimulatedAgent({ shape, windows, ledger, notes, models, addresses, index, random: own, now: clock });
    });
  }

  /** Traffic from now on as a multiple of what the shape says. */
  set factor(factor: number) {
    this.#factor = factor;
  }

  /** One agent serves from `from` to `to` (ms, by the fleet's time) and sends. `lateMs` says how old its rows are. */
  serve(agent: number, from: number, to: number, lateMs = 0): void {
    const { clockOffsetMs = () => 0 } = this.#options;
    const simulated = this.agents[agent];
    if (simulated === undefined) throw new RangeError(`there is no agent ${agent}`);
    for (const model of this.#served[agent] ?? []) {
      const rows = this.#rows(model, from, to);
      if (rows > 0) simulated.capture(model, from - lateMs + clockOffsetMs(agent), rows);
    }
    simulated.send();
  }

  /** All agents serve from `from` to `to` and send: for a fleet that lives in simulated time. */
  serveAll(from: number, to: number, lateMs = 0): void {
    for (let agent = 0; agent < this.agents.length; agent++) this.serve(agent, from, to, lateMs);
  }

  /** Serves for so long, in wall time: each agent at its own moments, once in `flushMs`. `lateMs` by agent. */
  async run(durationMs: number, lateMs: (agent: number) => number = () => 0): Promise<void> {
    const { shape, now } = this.#options;
    const began = now();
    const last = this.agents.map((_, i) => began - shape.flushMs * ((i * GOLDEN_SHARE) % 1));
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        const time = now();
        last.forEach((since, agent) => {
          if (time - since < shape.flushMs) return;
          this.serve(agent, time - shape.flushMs, time, lateMs(agent));
          last[agent] = since + shape.flushMs;
        });
        if (time - began < durationMs) return;
        clearInterval(timer);
        resolve();
      }, TURN_MS);
    });
  }

  /** Waits until everything captured has its receipt, so long at most. @returns how long it took in ms, or null if it did not. */
  async drain(timeoutMs: number): Promise<number | null> {
    const began = performance.now();
    while (this.agents.some((agent) => !agent.isIdle)) {
      if (performance.now() - began > timeoutMs) return null;
      await new Promise((resolve) => setTimeout(resolve, TURN_MS));
    }
    return performance.now() - began;
  }

  close(): void {
    for (const agent of this.agents) agent.close();
  }

  /** Rows of one agent in a span: around its share of the traffic, in grains, so that few sizes of deltas occur. */
  #rows(model: number, from: number, to: number): number {
    const { shape } = this.#options;
    const rate = (shape.models[model]?.rowsPerSecond ?? 0) / Math.max(1, this.#servers[model] ?? 1);
    const grain = Math.max(1, Math.round((rate * shape.flushMs) / 1_000 / GRAINS));
    const mean = ((this.#factor * rate * (to - from)) / 1_000) * trafficAt(shape, from);
    return grain * Math.floor((mean / grain) * (0.5 + this.#random()) + this.#random());
  }
}

/** Models in turn, so that each is served by about as many agents as any other. */
function modelsOf({ models, modelsPerAgent }: FleetShape, agent: number, agents: number): number[] {
  const first = Math.floor((agent * models.length) / agents);
  return Array.from({ length: modelsPerAgent }, (_, i) => (first + i) % models.length);
}
