import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';

const MODULE = new URL('../../agent/src/deadline.ts', import.meta.url).href;

/** What a process prints that sets a deadline and does nothing else; that it ends within the time is part of the test. */
function run(body: string): string {
  const script = `import { setDeadline } from ${JSON.stringify(MODULE)}; ${body}`;
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', script];
  return execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 });
}

describe('a deadline', () => {
  it('does not keep a process alive by itself', () => {
    assert.equal(run("setDeadline(60_000, () => console.log('late'));"), '');
  });

  it('keeps it where a caller waits for it, until it is cancelled', () => {
    assert.equal(run("setDeadline(5, () => console.log('late')).hold();"), 'late\n');
    assert.equal(
      run("const deadline = setDeadline(60_000, () => console.log('late')); deadline.hold(); deadline.cancel();"),
      '',
    );
  });
});
