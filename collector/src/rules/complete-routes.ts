import type { Receiver, Route, Secret } from './rule-set.ts';
import type { ReceiverText, RouteText, SecretText } from './schema-of-rules.ts';

/** A checked receiver with every default filled in. */
export function completeReceiver(receiver: ReceiverText): Receiver {
  const { slack, pagerduty, webhook } = receiver;
  const named = { name: receiver.name, allowPrivate: receiver.allow_private ?? false };
  if (slack) return { ...named, kind: 'slack', url: secretOf(slack.url) };
  if (pagerduty) {
    const url = pagerduty.url === undefined ? null : secretOf(pagerduty.url);
    return { ...named, kind: 'pagerduty', routingKey: secretOf(pagerduty.routing_key), url };
  }
  const secrets = [webhook!.secret, ...(webhook!.old_secret === undefined ? [] : [webhook!.old_secret])];
  return { ...named, kind: 'webhook', url: secretOf(webhook!.url), secrets: secrets.map(secretOf) };
}

function secretOf(secret: SecretText): Secret {
  return typeof secret === 'string' ? { kind: 'plain', value: secret } : { kind: 'env', name: secret.env };
}

/** A checked route with what it inherits from the one above it. */
export function completeRoute(route: RouteText, above: Route | null): Route {
  const named = route.receivers ?? (route.receiver === undefined ? null : [route.receiver]);
  const own: Route = {
    matchers: route.matchers,
    receivers: named ?? above?.receivers ?? [],
    routes: [],
  };
  return { ...own, routes: (route.routes ?? []).map((inner) => completeRoute(inner, own)) };
}
