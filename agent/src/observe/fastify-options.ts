import { type Mistake, optionsInvalid } from '../errors.ts';
import type { ModelOptions } from '../model-options.ts';
import { isObject, type OptionRow, readOptions } from '../option-table.ts';
import { type Scalar, WRAP_TABLE, type WrapOptions } from './wrap-options.ts';

// A route is over when it is seen: nothing can take the place of its answer, and no extractor names its prediction.
const ROUTE_TABLE: readonly OptionRow[] = WRAP_TABLE.filter(({ name }) => name !== 'guard' && name !== 'id');

/** What is known of a request of fastify. */
export type RequestLike = {
  readonly method: string;
  readonly routeOptions: { readonly url?: string | undefined };
  readonly body?: unknown;
  readonly query?: unknown;
  readonly params?: unknown;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
};

/** How one route is watched. */
export type RouteOptions = {
  /** Raw input by field name (stage `input`), read before the handler. */
  readonly input?: (request: RequestLike) => object | null | undefined;
  /** Features by name (stage `feature`), read before the handler. */
  readonly features?: (request: RequestLike) => object | null | undefined;
  /** The answer, of the payload as the handler gave it; not asked for texts, buffers, streams and statuses from 400. */
  readonly prediction?: (payload: never, request: RequestLike) => Scalar | object | null | undefined;
  readonly confidence?: (payload: never, request: RequestLike) => Scalar | object | null | undefined;
  readonly slices?: WrapOptions<readonly [RequestLike]>['slices'];
  /** Event time of the request in milliseconds since the epoch; without it, the agent's clock. */
  readonly at?: (request: RequestLike) => number;
  readonly role?: WrapOptions['role'];
  /** Another model version than the agent's own. */
  readonly model?: ModelOptions;
};

/** Options of `fastify`: by `METHOD /url`, as the route is declared, prefixes included. */
export type FastifyOptions = { readonly routes: Readonly<Record<string, RouteOptions>> };

/** Options of `fastify`. */
export const FASTIFY_TABLE: readonly OptionRow[] = [
  {
    name: 'routes',
    type: 'Record<string, object>',
    required: true,
    doc: 'options of `wrap` by `METHOD /url` as the route is declared, prefixes included; extractors get the request, those of the answer `(payload, request)`',
    accepts: isObject,
    expected: 'an object of options by METHOD /url',
    inside: (routes: object, path, mistakes) => {
      for (const [route, options] of Object.entries(routes)) {
        if (/^[A-Z]+ \S+$/.test(route)) readOptions(ROUTE_TABLE, options, `${path}.${route}`, mistakes);
        else mistakes.push({ option: `${path}.${route}`, expected: 'a name like POST /predict', got: route });
      }
    },
  },
];

/** Checks the options of `fastify`. @throws {AgentError} TIDEMARK_OPTION_INVALID. */
export function readFastifyOptions(given: unknown): Readonly<Record<string, WrapOptions>> {
  const mistakes: Mistake[] = [];
  const { routes } = readOptions(FASTIFY_TABLE, given, '', mistakes);
  if (mistakes.length > 0) throw optionsInvalid('fastify', mistakes);
  return routes as Readonly<Record<string, WrapOptions>>;
}
