import { setTimeout } from 'node:timers/promises';
import { AgentError, show } from '../errors.ts';
import { type Callable, watchedAsync, watchedCall } from './call.ts';
import { readInstrumentOptions } from './instrument-options.ts';
import { type ModelSource, sourceOf } from './model-source.ts';
import { methodOf, patchMethod } from './patch.ts';
import { makesFreshPromises } from './promise-kind.ts';
import { markInstrumented } from './session.ts';
import { SessionWatches } from './session-watches.ts';
import type { ShieldedWatch } from './shielded-watch.ts';
import type { WatchPlace } from './watch-place.ts';
import { dressed, isWrapped } from './wrap.ts';

/** What `instrument` needs of an ONNX runtime; onnxruntime-node has it. */
export type OnnxRuntime = { readonly InferenceSession: object };

/** Ends the watching and puts back what was there; false where somebody else has patched over it. */
export type Uninstrument = () => boolean;

// `create` loads a model, which takes longer than its hash does beside it. Where it does not, runs that begin before
// the hash is known are filed under `unknown` rather than `create` held up any longer.
const HASH_PATIENCE_MS = 1_000;

/**
 * `agent.instrument`: from now on every run of every session of `runtime` is watched, of sessions that exist already
 * too. The class itself is patched, since the export is a getter that cannot be replaced. `release` needs no patch:
 * what is known of a session goes with it.
 * @throws {AgentError} TIDEMARK_NOT_WRAPPABLE, TIDEMARK_OPTION_INVALID.
 */
export function instrument(place: WatchPlace, runtime: unknown, given: unknown): Uninstrument {
  const Session = sessionClass(runtime);
  const prototype = (Session as { readonly prototype: object }).prototype;
  const run = methodOf('instrument: InferenceSession.prototype', prototype, 'run') as Callable;
  const create = methodOf('instrument: InferenceSession', Session, 'create') as Callable;
  const watches = new SessionWatches(place, readInstrumentOptions(given));
  if (!place.enabled || isWrapped(run)) return () => true;

  let on = true;
  const watchedRun = runWith(run, (session) => (on ? watches.of(session) : undefined));
  markInstrumented(watchedRun, run);
  const patches = [
    patchMethod('instrument', prototype, 'run', watchedRun),
    patchMethod(
      'instrument',
      Session,
      'create',
      createWith(create, watches, () => on),
    ),
  ];
  let restored: boolean | undefined;
  return () => {
    on = false;
    restored ??= patches.map(({ undo }) => undo()).every(Boolean);
    return restored;
  };
}

function sessionClass(runtime: unknown): object {
  const Session = (runtime as Partial<OnnxRuntime> | null | undefined)?.InferenceSession;
  const { prototype } = (Session ?? {}) as { prototype?: unknown };
  if (typeof Session === 'function' && typeof prototype === 'object' && prototype !== null) return Session;
  throw new AgentError(
    'TIDEMARK_NOT_WRAPPABLE',
    `instrument: expected an ONNX runtime with a class InferenceSession, got ${show(runtime)}`,
  );
}

function runWith(run: Callable, watchOf: (session: unknown) => ShieldedWatch | undefined): Callable {
  const { plain } = {
    plain(this: unknown, ...args: unknown[]): unknown {
      const watch = watchOf(this);
      return watch === undefined
        ? Reflect.apply(run, this, args as never[])
        : watchedCall(run, this, args, watch, undefined);
    },
  };
  return dressed(run, makesFreshPromises(run) ? watchedAsync(run, watchOf, undefined) : (plain as Callable));
}

function createWith(create: Callable, watches: SessionWatches, isOn: () => boolean): Callable {
  const { watched } = {
    async watched(this: unknown, ...args: unknown[]): Promise<unknown> {
      if (!isOn()) return await Reflect.apply(create, this, args as never[]);
      // Begun before the model is loaded, since callers use their bytes again.
      const source = sourceOf(args);
      const session: unknown = await Reflect.apply(create, this, args as never[]);
      watches.expect(session, source);
      await known(source);
      return session;
    },
  };
  return dressed(create, watched as Callable);
}

/** Waits for the source, in patience. The timer keeps no process alive. */
async function known(source: Promise<ModelSource>): Promise<void> {
  const patience = new AbortController();
  const timer = setTimeout(HASH_PATIENCE_MS, undefined, { ref: false, signal: patience.signal });
  await Promise.race([source, timer]);
  timer.catch(() => {});
  patience.abort();
}
