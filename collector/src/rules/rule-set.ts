import type { RuleGroup } from './rule.ts';

/** A secret or address: as it stands, or the name of the environment variable that holds it. Never printed. */
export type Secret =
  | { readonly kind: 'plain'; readonly value: string }
  | { readonly kind: 'env'; readonly name: string };

type Named = {
  readonly name: string;
  /** Whether the address may be a private or loopback one. */
  readonly allowPrivate: boolean;
};

/** Who can be told. A `url` of null means the public address of PagerDuty. `secrets`: newest first. */
export type Receiver =
  | (Named & { readonly kind: 'slack'; readonly url: Secret })
  | (Named & { readonly kind: 'pagerduty'; readonly routingKey: Secret; readonly url: Secret | null })
  | (Named & { readonly kind: 'webhook'; readonly url: Secret; readonly secrets: readonly Secret[] });

/** Labels that must all have exactly these values. */
export type Matchers = Readonly<Record<string, string>>;

/** Who is told of which alerts; the first of `routes` whose matchers fit takes over, the root takes the rest. Complete: defaults are inherited. */
export type Route = {
  readonly matchers: Matchers;
  readonly receivers: readonly string[];
  readonly routes: readonly Route[];
};

/** A rule file, checked and completed. `route` is null where nobody is to be told. */
export type RuleSet = {
  readonly groups: readonly RuleGroup[];
  readonly receivers: readonly Receiver[];
  readonly route: Route | null;
};

/** The innermost route that an alert with these labels takes. */
export function routeOf(route: Route, labels: Readonly<Record<string, string>>): Route {
  const inner = route.routes.find((one) =>
    Object.entries(one.matchers).every(([name, value]) => labels[name] === value),
  );
  return inner ? routeOf(inner, labels) : route;
}
