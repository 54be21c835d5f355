import type { DeliveryObserver } from '../notify/delivery-observer.ts';
import type { Recorder } from './recorder.ts';
import type { Spans } from './spans.ts';

/** Measures attempts to tell receivers, by the kind of receiver and never by its name or address. */
export function createDeliveryTelemetry(recorder: Recorder, spans: Spans): DeliveryObserver {
  return ({ channel, outcome, attempt, durationMs, delayMs }) => {
    recorder.count('tidemark.delivery.attempts', 1, { channel, outcome });
    recorder.measure('tidemark.delivery.duration', durationMs / 1000, { channel });
    if (outcome === 'sent') recorder.measure('tidemark.delivery.delay', delayMs / 1000, { channel });
    spans?.add({
      name: 'tidemark.delivery',
      kind: 'client',
      durationMs,
      errorType: outcome === 'sent' ? null : outcome,
      attributes: {
        'tidemark.channel': channel,
        'tidemark.outcome': outcome,
        'tidemark.attempt': attempt,
        'tidemark.delay_ms': delayMs,
      },
    });
  };
}
