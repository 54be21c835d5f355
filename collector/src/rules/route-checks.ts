import { type Complain, refuseTwice, unknownName } from './complain.ts';
import { at, itemsOf, type Raw, textAt } from './raw.ts';

/** The kinds of receivers of which each has exactly one. */
export const RECEIVER_KINDS = ['slack', 'pagerduty', 'webhook'] as const;

/** What a schema cannot see in receivers and routes: names used twice, none or two kinds, receivers that are not there. */
export function checkRoutes(file: Raw, complain: Complain): void {
  const names = new Set<string>();
  for (const [index, receiver] of itemsOf(at(file, 'receivers'))) {
    const path = ['receivers', index];
    refuseTwice(names, textAt(receiver, 'name'), 'receiver', [...path, 'name'], complain);
    const kinds = RECEIVER_KINDS.filter((kind) => at(receiver, kind) !== undefined);
    if (kinds.length === 0) complain(path, `a receiver needs one of ${RECEIVER_KINDS.join(', ')}`);
    for (const extra of kinds.slice(1)) {
      complain([...path, extra], `a receiver has one kind, and this one is '${kinds[0]}' already; make two`, 'key');
    }
  }
  const route = at(file, 'route');
  if (route === undefined) {
    if (names.size > 0) complain(['receivers'], 'nobody is told without a route: add `route: { receiver: … }`', 'key');
    return;
  }
  if (receiversOf(route).length === 0)
    complain(['route'], 'the first route must name a receiver: it takes every alert that no other takes');
  checkRoute(route, ['route'], [...names], complain);
}

function checkRoute(
  route: Raw,
  path: readonly (string | number)[],
  names: readonly string[],
  complain: Complain,
): void {
  if (at(route, 'receiver') !== undefined && at(route, 'receivers') !== undefined) {
    complain([...path, 'receivers'], 'name one receiver or a list of receivers, not both', 'key');
  }
  for (const [where, name] of receiversOf(route)) {
    if (!names.includes(name)) complain([...path, ...where], unknownName('receiver', name, names));
  }
  for (const [index, inner] of itemsOf(at(route, 'routes')))
    checkRoute(inner, [...path, 'routes', index], names, complain);
}

function receiversOf(route: Raw): [readonly (string | number)[], string][] {
  const one = textAt(route, 'receiver');
  const found: [readonly (string | number)[], string][] = one === null ? [] : [[['receiver'], one]];
  for (const [index, name] of itemsOf(at(route, 'receivers'))) {
    if (typeof name === 'string') found.push([['receivers', index], name]);
  }
  return found;
}
