import { type Mistake, optionsInvalid } from '../errors.ts';
import type { Call } from './call-watch.ts';
import { type RequestLike, readFastifyOptions } from './fastify-options.ts';
import { FunctionWatch } from './function-watch.ts';
import { ShieldedWatch } from './shielded-watch.ts';
import type { WatchPlace } from './watch-place.ts';
import type { WrapOptions } from './wrap-options.ts';

/** What the plugin needs of a fastify instance. */
export type FastifyLike = {
  addHook(name: never, hook: never): unknown;
  hasRoute?(route: never): boolean;
};

/** A plugin for `app.register`; its hooks are seen by the instance it is registered with and all below it. */
export type FastifyPlugin = (app: FastifyLike, options: object, done: (error?: Error) => void) => void;

type ReplyLike = { readonly statusCode: number };
type Done = (error?: Error | null, payload?: unknown) => void;
type Failure = { readonly statusCode?: unknown } | null | undefined;

/** A request under way at a watched route. */
type Visit = {
  readonly call: Call;
  readonly watch: ShieldedWatch;
  /** The payload as an object, in a box: what it holds may be anything. */
  answer: { readonly payload: unknown } | undefined;
  thrown: boolean;
};

/**
 * `agent.fastify`. A request of a watched route counts from its `preHandler` hooks, when its body is parsed and valid,
 * to its `onSend`: as failed with a status from 500 or where something was thrown that stands for one.
 * @throws {AgentError} TIDEMARK_OPTION_INVALID, TIDEMARK_MODEL_LIMIT.
 */
export function fastifyPlugin(place: WatchPlace, given: unknown): FastifyPlugin {
  const routes = new Map<string, ShieldedWatch>();
  for (const [route, options] of Object.entries(readFastifyOptions(given))) {
    const version = options.model === undefined ? place.own : place.find(options.model);
    const watch = new FunctionWatch(place.capture, version, unboxed(options));
    routes.set(route, new ShieldedWatch(watch, place.failed(version)));
  }
  const plugin: FastifyPlugin = (app, _, done) => {
    if (place.enabled) addHooks(app, routes);
    done();
  };
  return Object.assign(plugin, {
    // Without it, the hooks would be seen by nobody but the plugin itself.
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: 'tidemark',
  });
}

function addHooks(app: FastifyLike, routes: ReadonlyMap<string, ShieldedWatch>): void {
  const visits = new WeakMap<object, Visit>();
  const hook = (name: string, run: (...args: never[]) => void) => app.addHook(name as never, run as never);

  hook('onReady', (done: Done) => done(missingRoutes(app, [...routes.keys()])));
  hook('preHandler', (request: RequestLike, _: ReplyLike, done: Done) => {
    const watch = routes.get(`${request.method} ${request.routeOptions.url}`);
    const call = watch?.begin([request]);
    if (watch !== undefined && call !== undefined)
      visits.set(request, { call, watch, answer: undefined, thrown: false });
    done();
  });
  hook('preSerialization', (request: RequestLike, _: ReplyLike, payload: unknown, done: Done) => {
    const visit = visits.get(request);
    if (visit !== undefined) visit.answer = { payload };
    done(null, payload);
  });
  hook('onError', (request: RequestLike, _: ReplyLike, error: Failure, done: Done) => {
    const visit = visits.get(request);
    if (visit !== undefined) visit.thrown = isOurFault(error);
    done();
  });
  hook('onSend', (request: RequestLike, reply: ReplyLike, payload: unknown, done: Done) => {
    const visit = visits.get(request);
    visits.delete(request);
    if (visit !== undefined) finish(visit, reply.statusCode, request);
    done(null, payload);
  });
}

function finish({ call, watch, answer, thrown }: Visit, status: number, request: RequestLike): void {
  if (thrown || status >= 500) watch.fail(call, undefined);
  else watch.end(call, status < 400 ? answer : undefined, [request], false);
}

/** What is thrown stands for a status of its own, as a mistake of the client's, or for 500. */
function isOurFault(error: Failure): boolean {
  const status = error?.statusCode;
  return typeof status !== 'number' || status >= 500;
}

/** Extractors of the answer look into the box; of an empty one, every field they have named so far is missing. */
function unboxed(options: WrapOptions): WrapOptions {
  const open = (extract: WrapOptions['prediction']): NonNullable<WrapOptions['prediction']> => {
    return (box, ...args) => (box === undefined ? undefined : extract?.((box as Visit['answer'])?.payload, ...args));
  };
  const { prediction, confidence } = options;
  return {
    ...options,
    ...(prediction && { prediction: open(prediction) }),
    ...(confidence && { confidence: open(confidence) }),
  };
}

function missingRoutes(app: FastifyLike, routes: readonly string[]): Error | null {
  const mistakes: Mistake[] = [];
  for (const route of routes) {
    const [method, url] = route.split(' ');
    if (app.hasRoute?.({ method, url } as never) !== false) continue;
    mistakes.push({ option: `routes.${route}`, expected: 'a route of the application', got: 'no such route' });
  }
  return mistakes.length === 0 ? null : optionsInvalid('fastify', mistakes);
}
