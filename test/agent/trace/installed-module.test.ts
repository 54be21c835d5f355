import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { installedModule } from '../../../agent/src/trace/installed-module.ts';

describe('an installed module', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-'));
  const install = (name: string, program: string) => {
    mkdirSync(join(folder, 'node_modules', name), { recursive: true });
    writeFileSync(join(folder, 'node_modules', name, 'index.js'), program);
  };
  after(() => rmSync(folder, { recursive: true }));

  it('is the one that code in a folder of the application gets', () => {
    install('some-runtime', 'exports.answer = 42;');
    assert.deepEqual(installedModule('some-runtime', folder), { answer: 42 });
    assert.equal(installedModule('some-runtime', join(folder, 'src')), installedModule('some-runtime', folder));
  });

  it('is none where it is not installed', () => {
    assert.equal(installedModule('no-such-runtime', folder), undefined);
  });

  it('throws what it throws while it loads, also for want of another module', () => {
    install('broken-runtime', "throw new Error('no binary for this machine');");
    assert.throws(() => installedModule('broken-runtime', folder), /no binary/);
    install('half-runtime', "require('no-such-part');");
    assert.throws(() => installedModule('half-runtime', folder), { code: 'MODULE_NOT_FOUND' });
  });
});
