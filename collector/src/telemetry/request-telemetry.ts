import type { RequestObserver } from '../api/request-observer.ts';
import type { Recorder } from './recorder.ts';
import type { Spans } from './spans.ts';

/** Others could be made up by whoever asks; the semantic conventions call them so. */
const OTHER = '_OTHER';
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Measures HTTP requests by the names of OpenTelemetry's semantic conventions. Paths and queries hold names, and stay out. */
export function createRequestTelemetry(recorder: Recorder, spans: Spans): RequestObserver {
  return ({ method: asked, route, status, durationMs, traceparent }) => {
    const method = METHODS.has(asked) ? asked : OTHER;
    const labels = {
      'http.request.method': method,
      'http.response.status_code': String(status),
      'http.route': route ?? '',
    };
    recorder.measure('http.server.request.duration', durationMs / 1000, labels);
    spans?.add({
      name: route === null ? method : `${method} ${route}`,
      kind: 'server',
      durationMs,
      errorType: status >= 500 ? String(status) : null,
      attributes: { ...labels, 'http.response.status_code': status },
      traceparent,
    });
  };
}
