import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { createAgent } from '@tidemark/agent';
import { CollectorApi } from '../../examples/flight-delay/src/collector-api.ts';
import type { CollectorProcess } from '../../examples/flight-delay/src/collector-process.ts';
import { AgentProgram } from '../support/agent-program.ts';
import { seededRandom } from '../support/random.ts';
import { startTestCollector } from '../support/test-collector.ts';

/** Kills of either side together: half of agents, half of collectors. */
const KILLS = Number(process.env.TIDEMARK_KILLS ?? 20);
const HOUR = 3_600_000;
const T0 = Date.UTC(2001, 0, 1);
const NOBODY = '127.0.0.1:1';

/** Lets `turns` turns of the event loop go by: a moment that a seed decides, from "not sent yet" to "long committed". */
async function letGoBy(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Rows the collector has of each version of the model. */
async function rowsOf(collector: CollectorProcess, model: string): Promise<Map<string, number>> {
  const versions = await new CollectorApi(collector.httpUrl).versions(model);
  return new Map(versions.map(({ version, rows }) => [version, rows]));
}

type Life = {
  readonly version: string;
  /** What its rows may come to; several where its death leaves open whether the last batch had arrived. */
  readonly rows: readonly number[];
  readonly spooled: boolean;
};

/** How agents live and die. In each case: which counts are right. */
class Lives {
  readonly #collector: CollectorProcess;
  readonly #spool: string;
  readonly #random: () => number;
  #count = 0;

  constructor(collector: CollectorProcess, spool: string, random: () => number) {
    this.#collector = collector;
    this.#spool = spool;
    this.#random = random;
  }

  /** Is killed while it delivers 1, 2, 4, … rows, one flush after the other: their sum says which arrived. */
  async killed(spooled: boolean): Promise<Life> {
    const rounds = 11;
    const program = this.#start(
      this.#collector.grpcAddress,
      spooled,
      `for (let round = 0; round < ${rounds}; round++) {
         for (let i = 0; i < 2 ** round; i++) predict(i);
         if ((await agent.flush({ timeoutMs: 60000 })).delivered) console.log('delivered');
       }
       setInterval(() => {}, 1000);`,
    );
    let delivered = 0;
    for (const last = this.#whole(rounds); delivered < last; delivered++) await program.line();
    await letGoBy(this.#whole(300));
    program.child.kill('SIGKILL');
    delivered += (await program.end()).lines.length;
    return { version: this.#version, rows: [2 ** delivered - 1, 2 ** (delivered + 1) - 1], spooled };
  }

  /** Is killed while its collector is away: what was sealed is in the spool, what was not is lost. */
  async killedAlone(): Promise<Life> {
    const rows = 1 + this.#whole(500);
    const program = this.#start(
      NOBODY,
      true,
      `import { readdirSync, readFileSync } from 'node:fs';
       // Not one that an earlier life has left, and that is claimed by this one.
       const isOwn = (name) => name.endsWith('.batch.' + process.pid) &&
         readFileSync('${this.#spool}/' + name).includes('life-${this.#count + 1}');
       for (let i = 0; i < ${rows}; i++) predict(i);
       await agent.flush({ timeoutMs: 10 });
       while (!readdirSync('${this.#spool}').some(isOwn)) await new Promise(setImmediate);
       for (let i = 0; i < 1000; i++) predict(i);
       console.log('kept');
       setInterval(() => {}, 1000);`,
    );
    await program.line();
    await letGoBy(this.#whole(100));
    program.child.kill('SIGKILL');
    await program.end();
    return { version: this.#version, rows: [rows], spooled: true };
  }

  /** Is told to end. With a collector or a spool, nothing is lost. */
  async terminated(alone: boolean): Promise<Life> {
    const rows = 1 + this.#whole(500);
    const body = `for (let i = 0; i < ${rows}; i++) predict(i); console.log('ready'); setInterval(() => {}, 1000);`;
    const program = this.#start(alone ? NOBODY : this.#collector.grpcAddress, alone, body);
    await program.line();
    await letGoBy(this.#whole(100));
    program.child.kill('SIGTERM');
    assert.equal((await program.end()).signal, 'SIGTERM');
    return { version: this.#version, rows: [rows], spooled: alone };
  }

  get #version(): string {
    return `life-${this.#count}`;
  }

  #whole(below: number): number {
    return Math.floor(this.#random() * below);
  }

  #start(collector: string, spooled: boolean, body: string): AgentProgram {
    this.#count++;
    const spool = spooled ? `spool: { directory: '${this.#spool}' },` : '';
    const model = `model: { name: 'lives', version: '${this.#version}' }`;
    const options = `windowMs: ${HOUR}, clock: { now: () => ${T0} }, ${spool} ${model}`;
    return new AgentProgram(collector, body, options);
  }
}

/** Delivers what is left in the spool. */
async function emptySpool(collector: CollectorProcess, directory: string): Promise<void> {
  const agent = createAgent({
    collector: collector.grpcAddress,
    model: { name: 'lives', version: 'heir' },
    spool: { directory },
    log: () => {},
  });
  const left = async () => (await readdir(directory)).filter((name) => name.includes('.batch'));
  while ((await left()).length > 0) await letGoBy(1);
  const { dropped, bad } = agent.stats().spool;
  assert.deepEqual([dropped, bad], [0, 0]);
  await agent.stop({ timeoutMs: 5_000 });
}

describe('random kills', () => {
  test('of serving processes: every acknowledged batch is counted once, none twice', {
    timeout: 60_000 + KILLS * 2_000,
  }, async (t: TestContext) => {
    const { collector, directory } = await startTestCollector(t);
    const spool = join(directory, 'spool');
    const lives = new Lives(collector, spool, seededRandom(4));
    const lived: Life[] = [];
    for (let kill = 0; kill < KILLS / 2; kill++) {
      const kinds = [
        () => lives.killed(false),
        () => lives.killed(true),
        () => lives.killedAlone(),
        () => lives.terminated(false),
        () => lives.terminated(true),
      ];
      lived.push(await (kinds[kill % kinds.length] ?? assert.fail)());
    }
    await emptySpool(collector, spool);
    const rows = await rowsOf(collector, 'lives');
    for (const { version, rows: right, spooled } of lived) {
      const kept = rows.get(version) ?? 0;
      assert.ok(right.includes(kept), `${version} (spool: ${spooled}) has ${kept} rows, not ${right.join(' or ')}`);
    }
    const before = [...rows.values()].reduce((sum, each) => sum + each, 0);
    t.diagnostic(`${lived.length} serving processes ended, ${before} rows exact`);
  });

  test('of collectors: nothing is lost and nothing counted twice', {
    timeout: 60_000 + KILLS * 5_000,
  }, async (t: TestContext) => {
    const { collector } = await startTestCollector(t);
    const random = seededRandom(5);
    let hour = 0;
    const agent = createAgent({
      collector: collector.grpcAddress,
      model: { name: 'outlives', version: '1' },
      windowMs: HOUR,
      flushIntervalMs: HOUR,
      clock: { now: () => T0 + hour * HOUR },
      log: () => {},
    });
    const predict = agent.wrap((x: number) => x, { features: (x) => ({ x }) });
    let rows = 0;
    const kills = Math.floor(KILLS / 2);
    for (let kill = 0; kill < kills; kill++) {
      const windows = 1 + Math.floor(random() * 24);
      for (let window = 0; window < windows; window++, hour++) for (let i = 0; i < 20; i++, rows++) predict(i);
      const flushed = agent.flush({ timeoutMs: 60_000 });
      await letGoBy(Math.floor(random() * 300));
      await collector.kill();
      await collector.start();
      assert.ok((await flushed).delivered);
    }
    const { captured, sent, pending } = agent.stats();
    assert.deepEqual({ captured, sent, pending }, { captured: rows, sent: rows, pending: 0 });
    const api = new CollectorApi(collector.httpUrl);
    const [version] = await api.versions('outlives');
    assert.deepEqual([version?.rows, await api.countValues(version?.id ?? 0, 'feature', 'x')], [rows, rows]);
    await agent.stop({ timeoutMs: 5_000 });
    t.diagnostic(`${kills} collectors killed, ${rows} rows exact`);
  });
});
