import assert from 'node:assert/strict';
import { test } from 'node:test';
import { showBar } from '../../../collector/src/commands/show-bar.ts';

function screenThat(isTTY: boolean) {
  const written: string[] = [];
  const write = (text: string | Uint8Array): boolean => written.push(String(text)) > 0;
  return { isTTY, write, written };
}

test('a bar appears on a terminal after a second, is drawn ten times a second at most, and goes away', () => {
  const screen = screenThat(true);
  let now = 0;
  const bar = showBar('train.csv', screen, () => now);
  for (; now <= 2_000; now += 10) bar.told(now / 4_000);
  assert.equal(screen.written.length, 11);
  assert.equal(screen.written[0], `\rtrain.csv [########${'.'.repeat(22)}]  25 %\u001b[K`);
  bar.end();
  assert.equal(screen.written.at(-1), '\r\u001b[K');
});

test('nothing is drawn for short work, and never where nobody looks', () => {
  for (const isTTY of [true, false]) {
    const screen = screenThat(isTTY);
    let now = 0;
    const bar = showBar('train.csv', screen, () => now);
    for (; now < (isTTY ? 1_000 : 60_000); now += 10) bar.told(0.5);
    bar.end();
    assert.deepEqual(screen.written, []);
  }
});
