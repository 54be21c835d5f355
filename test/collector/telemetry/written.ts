import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { PrometheusText } from '../../../collector/src/telemetry/prometheus-text.ts';
import { MeterRecorder } from '../../../collector/src/telemetry/recorder.ts';
import { samplesOf } from '../../support/prometheus-tools.ts';

/** A recorder on a meter of its own, and what it has written so far. */
export function startRecorder() {
  const text = new PrometheusText();
  const recorder = new MeterRecorder([new MeterProvider({ readers: [text] }).getMeter('test')]);
  return { recorder, write: () => text.write(), samples: async () => samplesOf(await text.write()) };
}
