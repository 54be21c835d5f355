/** How one HTTP request was answered. */
export type RequestReport = {
  readonly method: string;
  /** As declared, `/api/v1/models/:model`, never the path that was asked for; null where there is no such route. */
  readonly route: string | null;
  readonly status: number;
  readonly durationMs: number;
  /** The caller's span (W3C Trace Context), where it has named one. */
  readonly traceparent: string | null;
};

/** Told of every request when its answer has been sent. It must not throw. */
export type RequestObserver = (report: RequestReport) => void;
