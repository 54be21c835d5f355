import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { exportStore } from '../../../../collector/src/store/move/export-store.ts';
import { verifyExport } from '../../../../collector/src/store/move/verify-export.ts';
import { withDatabase } from '../../../support/database.ts';

let directory = '';
let file = '';
let whole: Buffer;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tidemark-verify-'));
  file = join(directory, 'whole.tidemark.gz');
  await withDatabase(async (database) => {
    await database.query(
      `insert into model_version (project_id, model, version, git_commit) values (1, 'm', '1', 'line' || chr(8232) || chr(10))`,
    );
    await database.query(`insert into series (model_version_id, stage, field, kind)
      select id, 'feature', 'f' || n, 'number' from model_version, generate_series(1, 500) as n`);
    await exportStore(database, file);
  });
  whole = await readFile(file);
});
after(() => rm(directory, { recursive: true, force: true }));

/** Tries a file of these bytes. */
async function verifyBytes(bytes: Uint8Array) {
  const damaged = join(directory, 'damaged.tidemark.gz');
  await writeFile(damaged, bytes);
  return verifyExport(damaged);
}

describe('an exported file', () => {
  test('says what is in it', async () => {
    const { header, end } = await verifyExport(file);
    assert.deepEqual(
      [header.format, header.format_version, end.rows.model_version, end.rows.series],
      ['tidemark-export', 1, 1, 500],
    );
    assert.ok(Math.abs(Date.now() - Date.parse(header.exported_at)) < 600_000);
  });

  test('is refused wherever it is cut off', async () => {
    for (let i = 0; i < 40; i++) {
      const cut = Math.floor((whole.length * i) / 40);
      await assert.rejects(
        verifyBytes(whole.subarray(0, cut)),
        { code: 'EXPORT_INVALID' },
        `${cut} of ${whole.length} bytes`,
      );
    }
  });

  test('is refused wherever one bit is wrong', async () => {
    // The first ten bytes hold the time and the system, which say nothing of what is in it.
    for (let i = 0; i < 60; i++) {
      const at = 10 + Math.floor(((whole.length - 10) * i) / 60);
      const bytes = Uint8Array.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (i % 8));
      await assert.rejects(verifyBytes(bytes), { code: 'EXPORT_INVALID' }, `byte ${at}`);
    }
  });

  test('is refused where somebody has edited it', async () => {
    const text = gunzipSync(whole).toString();
    for (const [edited, message] of [
      [text.replace('"f1"', '"f9"'), /checksum does not agree/],
      [text.replace(/^\[.*\n/m, ''), /checksum does not agree/],
      [`${text}{"table":"series"}\n`, /goes on after its end/],
      [text.slice(0, text.lastIndexOf('{"end"')), /its end is missing/],
      [text.slice(0, -1), /the last line has no end/],
      [text.replace('tidemark-export', 'another-export'), /does not say tidemark-export/],
      ['', /its end is missing/],
    ] as const) {
      await assert.rejects(verifyBytes(gzipSync(edited)), { code: 'EXPORT_INVALID', message });
    }
  });

  test('is refused where it is something else, or not there', async () => {
    await assert.rejects(verifyBytes(Buffer.from('no gzip')), {
      code: 'EXPORT_INVALID',
      message: /incorrect header check/,
    });
    await assert.rejects(verifyBytes(gzipSync('no json\n')), { code: 'EXPORT_INVALID' });
    await assert.rejects(verifyBytes(gzipSync('null\n')), { code: 'EXPORT_INVALID' });
    await assert.rejects(verifyExport(join(directory, 'absent')), { code: 'EXPORT_INVALID', message: /ENOENT/ });
  });
});
