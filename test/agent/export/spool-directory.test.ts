import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isProcessAlive } from '../../../agent/src/export/process-alive.ts';
import { SpoolDirectory } from '../../../agent/src/export/spool-directory.ts';
import { frame, unframe } from '../../../agent/src/export/spool-file.ts';
import { parseSpoolName, spoolName, unfinishedName } from '../../../agent/src/export/spool-name.ts';

const SOURCE = 'ab'.repeat(16);
const id = (sequence: number) => ({ source: SOURCE, sequence: BigInt(sequence) });
const payload = Buffer.from('a batch');
const yes = () => true;

/** The number of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid ?? -1;
}

describe('a spool directory', () => {
  let path: string;
  let directory: SpoolDirectory;
  beforeEach(async () => {
    path = join(await mkdtemp(join(tmpdir(), 'tidemark-spool-')), 'made', 'here');
    directory = new SpoolDirectory(path);
    await directory.scan();
  });
  afterEach(() => rm(join(path, '..', '..'), { recursive: true }));
  const claims = async (from = directory) => (await from.scan()).claimed.map(({ id }) => Number(id.sequence));

  it('is for its owner only, and so are its files', async () => {
    await directory.write(id(1), payload);
    directory.writeNow(id(2), payload);
    assert.equal((await stat(path)).mode & 0o777, 0o700);
    for (const name of await readdir(path)) assert.equal((await stat(join(path, name))).mode & 0o777, 0o600);
  });

  it('gives back what was written, until it is removed', async () => {
    const bytes = await directory.write(id(1), payload);
    assert.deepEqual(await directory.read(id(1), yes), payload);
    assert.equal(await directory.size(), bytes);
    await directory.remove(id(1));
    await directory.remove(id(1));
    assert.equal(await directory.read(id(1), yes), 'gone');
    assert.equal(await directory.size(), 0);
  });

  it('lets what was released or left at the end be claimed once, and leaves a living claim alone', async () => {
    await directory.write(id(1), payload);
    assert.deepEqual(await claims(new SpoolDirectory(path)), []);
    await directory.release(id(1));
    directory.writeNow(id(2), payload);
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const [other, again] = [new SpoolDirectory(path, child.pid), directory];
    const [one, two] = await Promise.all([claims(other), claims(again)]);
    assert.deepEqual([...one, ...two].sort(), [1, 2]);
    assert.deepEqual(await claims(), []);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.deepEqual(await claims(), one.sort());
  });

  it('takes over what a dead process had claimed, and removes what it had not finished', async () => {
    const pid = await deadPid();
    await writeFile(join(path, spoolName(id(1), pid)), frame(payload));
    await writeFile(join(path, unfinishedName(id(2), pid)), 'half');
    await writeFile(join(path, unfinishedName(id(3), process.pid)), 'half');
    assert.deepEqual(await claims(), [1]);
    assert.deepEqual(await directory.read(id(1), yes), payload);
    assert.deepEqual((await readdir(path)).sort(), [spoolName(id(1), process.pid), unfinishedName(id(3), process.pid)]);
  });

  it('takes over what a process of the same number had claimed before this one began', {
    skip: process.platform !== 'linux',
  }, async () => {
    const name = join(path, spoolName(id(1), process.pid));
    await writeFile(name, frame(payload));
    assert.deepEqual(await claims(), []);
    await utimes(name, new Date(), new Date(Date.now() - 86_400_000));
    assert.deepEqual(await claims(), [1]);
    // The claim is new now.
    assert.deepEqual(await claims(), []);
  });

  it('moves aside what is called a batch and is none, once, and touches nothing else', async () => {
    await writeFile(join(path, 'notes.txt'), 'mine');
    await writeFile(join(path, `${SOURCE}-1.batch`), frame(payload));
    await writeFile(join(path, 'mine.batch'), 'mine');
    assert.equal((await directory.scan()).bad, 2);
    assert.deepEqual(await directory.scan(), { claimed: [], bytes: 0, bad: 0 });
    assert.deepEqual((await readdir(path)).sort(), [`${SOURCE}-1.batch.bad`, 'mine.batch.bad', 'notes.txt']);
  });

  it('moves aside a batch that was changed or that nobody wants', async () => {
    for (const sequence of [1, 2, 3]) await directory.write(id(sequence), payload);
    const name = join(path, spoolName(id(1), process.pid));
    const bytes = await readFile(name);
    bytes[bytes.length - 1] = 0;
    await writeFile(name, bytes);
    assert.equal(await directory.read(id(1), yes), 'bad');
    assert.equal(await directory.read(id(2), () => false), 'bad');
    assert.deepEqual(await directory.read(id(3), yes), payload);
    assert.equal((await readdir(path)).filter((each) => each.endsWith('.bad')).length, 2);
  });

  it('throws what the file system says, but for files that have gone', async () => {
    const file = join(path, 'file.bad');
    await writeFile(file, '');
    const broken = new SpoolDirectory(file);
    await assert.rejects(broken.scan());
    await assert.rejects(broken.write(id(1), payload));
    assert.throws(() => broken.writeNow(id(1), payload));
  });
});

describe('a spool file', () => {
  it('is not taken for one after any of its bytes was changed, added or cut off', () => {
    const file = frame(payload);
    assert.deepEqual(unframe(file), payload);
    for (let i = 0; i < file.length; i++) {
      const changed = Buffer.from(file);
      changed[i] = (changed[i] ?? 0) ^ 0x10;
      assert.equal(unframe(changed), undefined, `byte ${i}`);
      assert.equal(unframe(file.subarray(0, i)), undefined, `${i} bytes`);
    }
    assert.equal(unframe(Buffer.concat([file, Buffer.of(0)])), undefined);
  });

  it('has a name that says what it is', () => {
    const one = id(7);
    assert.deepEqual(parseSpoolName(spoolName(one)), { kind: 'batch', ...one });
    assert.deepEqual(parseSpoolName(spoolName(one, 5)), { kind: 'batch', ...one, claimedBy: 5 });
    assert.deepEqual(parseSpoolName(unfinishedName(one, 5)), { kind: 'unfinished', writtenBy: 5 });
    for (const name of ['', 'x', `${spoolName(one)}.bad`, `${spoolName(one)}.5.6`, 'x.batch.txt'])
      assert.equal(parseSpoolName(name).kind, 'other', name);
    for (const name of ['.batch', `x${spoolName(one)}`, `${spoolName(one)}.tmp`, 'x.batch.5'])
      assert.equal(parseSpoolName(name).kind, 'foreign', name);
  });
});

describe('a process', () => {
  it('is alive while it runs, and another one when it began later', async () => {
    assert.equal(await isProcessAlive(process.pid, Date.now()), true);
    assert.equal(await isProcessAlive(await deadPid(), Date.now()), false);
    if (process.platform === 'linux') assert.equal(await isProcessAlive(process.pid, Date.now() - 86_400_000), false);
  });
});
