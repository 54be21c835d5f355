import { types } from 'node:util';
import {
  type Attributes,
  type Context,
  context,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { shielded } from '../shield.ts';

type Run = (this: unknown, ...args: unknown[]) => unknown;
type Runtime = { readonly InferenceSession?: { readonly prototype?: { run?: unknown } } };
type Started = { readonly span: Span; readonly within: Context };

/** What the spans of one runtime are made with. */
export type RunSpans = {
  /** Asked at every run: the tracer of the moment. */
  readonly tracer: () => Tracer;
  /** Of few values, since spans are grouped by it. */
  readonly name: string;
  readonly attributes: Attributes;
  /** Told of everything that fails in what OpenTelemetry was given; must not throw. */
  readonly failed: (error: unknown) => void;
};

/**
 * Puts an INTERNAL span around every run of the sessions of `ort`, with the run inside of it. Runs end as they would
 * without it. Returns what takes it off; undefined where there are no sessions to be found.
 *
 * It goes onto the prototype, since the class cannot be replaced: the module exports it by a fixed getter.
 */
export function spanRuns(ort: object, spans: RunSpans): (() => void) | undefined {
  const prototype = (ort as Runtime).InferenceSession?.prototype;
  const before = prototype?.run;
  if (prototype === undefined || typeof before !== 'function') return undefined;
  const start = shielded(() => started(spans), spans.failed);
  const end = shielded(ended, spans.failed);
  let on = true;
  const { run } = {
    run(this: unknown, ...args: unknown[]): unknown {
      const own = on ? start() : undefined;
      return own === undefined ? Reflect.apply(before, this, args) : spanned(before as Run, this, args, own, end);
    },
  };
  Object.defineProperty(run, 'length', { value: before.length, configurable: true });
  prototype.run = run;
  return () => {
    on = false;
    // Whoever has patched it since calls this one, which from now on only passes the run on.
    if (prototype.run === run) prototype.run = before;
  };
}

function started({ tracer, name, attributes }: RunSpans): Started {
  const outside = context.active();
  const span = tracer().startSpan(name, { kind: SpanKind.INTERNAL, attributes }, outside);
  return { span, within: trace.setSpan(outside, span) };
}

function spanned(run: Run, self: unknown, args: unknown[], { span, within }: Started, end: typeof ended): unknown {
  let result: unknown;
  try {
    result = inContext(within, run, self, args);
  } catch (error) {
    end(span, true, error);
    throw error;
  }
  if (!types.isPromise(result)) {
    end(span, false);
    return result;
  }
  // `run` is an async function: nobody else holds this promise, and a rejection that nobody handles must stay one.
  return result.then(
    (value) => {
      end(span, false);
      return value;
    },
    (error: unknown) => {
      end(span, true, error);
      throw error;
    },
  );
}

/** Runs in the context, or without it where the context manager fails before it has begun. */
function inContext(within: Context, run: Run, self: unknown, args: unknown[]): unknown {
  let begun = false;
  try {
    return context.with(within, () => {
      begun = true;
      return Reflect.apply(run, self, args);
    });
  } catch (error) {
    if (begun) throw error;
    return Reflect.apply(run, self, args);
  }
}

// The message stays away from the span: a runtime may quote values of the input in it.
function ended(span: Span, failed: boolean, error?: unknown): void {
  try {
    if (!failed) return;
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.setAttribute('error.type', types.isNativeError(error) ? error.name : '_OTHER');
  } finally {
    span.end();
  }
}
