import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeBaselineFile } from '../../../examples/flight-delay/src/baseline-file.ts';
import { openModel } from '../../../examples/flight-delay/src/batch-run.ts';
import { trainBoostedTrees } from '../../../examples/flight-delay/src/boosted-trees.ts';
import { BASELINE_FROM } from '../../../examples/flight-delay/src/calendar.ts';
import { FEATURE_NAMES, FlightHistory, featureMatrix, requestOf } from '../../../examples/flight-delay/src/features.ts';
import { onnxModel } from '../../../examples/flight-delay/src/onnx-model.ts';
import { createService } from '../../../examples/flight-delay/src/serve.ts';
import { madeFlights } from './made-flights.ts';

test('the file reads back as the very values that are served', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-'));
  t.after(() => rm(folder, { recursive: true }));
  const flights = madeFlights(BASELINE_FROM, 400, 30);
  const rows = featureMatrix(flights, flights.count - 1000);
  const late = Uint8Array.from(flights.delay.subarray(0, flights.count - 1000), (minutes) => (minutes > 15 ? 1 : 0));
  const session = await openModel(onnxModel(trainBoostedTrees(FEATURE_NAMES, rows, late, { trees: 5 }), 'small'));
  const path = join(folder, 'january.csv');
  assert.equal(await writeBaselineFile(path, flights, rows, session), flights.count - 1000);

  const [header, ...lines] = (await readFile(path, 'utf8')).trimEnd().split('\n');
  assert.equal(
    header,
    'input.origin,input.destination,input.distance,feature.distance,feature.hour,feature.route_delay,' +
      'feature.origin_delay,feature.destination_delay,feature.slot_delay,prediction.delayed,confidence.value',
  );
  assert.equal(lines.length, flights.count - 1000);
  const service = createService(session, new FlightHistory(flights));
  const answers = await Promise.all(
    lines.map((_, row) => {
      const flight = service.prepare(requestOf(flights, row));
      return service.predict(flight).then((answer) => ({ ...flight, ...answer }));
    }),
  );
  for (const [row, { request, features, delayed, confidence }] of answers.entries()) {
    const expected = [request.origin, request.destination, request.distance, ...features, delayed, confidence];
    assert.deepEqual(lines[row]!.split(','), expected.map(String));
  }
});
