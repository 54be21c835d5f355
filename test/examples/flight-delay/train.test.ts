import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openModel } from '../../../examples/flight-delay/src/batch-run.ts';
import { REPLAY_FROM } from '../../../examples/flight-delay/src/calendar.ts';
import { checkModel } from '../../../examples/flight-delay/src/check-model.ts';
import { FEATURE_NAMES } from '../../../examples/flight-delay/src/features.ts';
import { loadFlights } from '../../../examples/flight-delay/src/flights.ts';
import { onnxModel } from '../../../examples/flight-delay/src/onnx-model.ts';
import { trainModel } from '../../../examples/flight-delay/src/train.ts';

test('January teaches which flights of its last days are late, and ONNX says the same as our own arithmetic', async () => {
  const flights = await loadFlights({ to: REPLAY_FROM });
  const { ensemble, january, trainedRows, holdout } = trainModel(flights, { trees: 15, learningRate: 0.3 });
  assert.equal(january.length, 508_239 * FEATURE_NAMES.length);
  assert.deepEqual([trainedRows, holdout.rows], [395_819, 80_742]);
  assert.ok(holdout.auc > 0.73, `AUC ${holdout.auc}`);
  assert.ok(holdout.logLoss < holdout.baseLogLoss - 0.05, `${holdout.logLoss} against ${holdout.baseLogLoss}`);
  const session = await openModel(onnxModel(ensemble, 'flight-delay'));
  const check = await checkModel(session, ensemble, january.subarray(-20_000 * FEATURE_NAMES.length));
  assert.equal(check.rows, 20_000);
});
