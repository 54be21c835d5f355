/** Something that is over. No attribute holds a name that users gave to models, fields or receivers, a value, or an address. */
export type FinishedSpan = {
  readonly name: string;
  readonly kind?: 'internal' | 'server' | 'client';
  readonly durationMs: number;
  readonly attributes: Readonly<Record<string, string | number>>;
  /** What failed, as `errorType` tells it; null where nothing did. */
  readonly errorType: string | null;
  /** The span that asked for it, in the words of W3C Trace Context. */
  readonly traceparent?: string | null;
};

/** Takes spans; null where nobody wants them. */
export type Spans = { add(span: FinishedSpan): void } | null;
