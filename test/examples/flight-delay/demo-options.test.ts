import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDemoOptions } from '../../../examples/flight-delay/src/demo-options.ts';

test('a run is neither guarded, nor disturbed, nor ended, unless it is asked for', () => {
  assert.deepEqual(readDemoOptions([]), { once: false, guarded: false, chaos: false, speedUp: 0 });
  assert.deepEqual(readDemoOptions(['--guarded', '--once', '--chaos', '--speed-up', '100']), {
    once: true,
    guarded: true,
    chaos: true,
    speedUp: 100,
  });
});

test('anything else is answered by the usage, which names every option', () => {
  for (const args of [['--guard'], ['--speed-up', '-1'], ['--speed-up=fast'], ['now']]) {
    assert.throws(() => readDemoOptions(args), /--once[\s\S]+--guarded[\s\S]+--chaos[\s\S]+--speed-up N/);
  }
});
