import { type Complain, refuseTwice, unknownName } from './complain.ts';
import { at, itemsOf, type Raw, textAt } from './raw.ts';

/** How a composite puts alerts together. */
export const JOINTS = ['all', 'any', 'none'] as const;

/** What a schema cannot see in the composites of one group: alerts that are not in the group, circles, nothing at all. */
export function checkComposites(group: Raw, path: readonly (string | number)[], complain: Complain): void {
  const rules = [...itemsOf(at(group, 'rules'))];
  const alerts = rules.flatMap(([, rule]) => textAt(rule, 'alert') ?? []);
  const members = new Map(rules.map(([, rule]) => [textAt(rule, 'alert') ?? '', membersOf(at(rule, 'composite'))]));
  for (const [r, rule] of rules) {
    const composite = at(rule, 'composite');
    if (composite === undefined) continue;
    const inside = [...path, 'rules', r, 'composite'];
    const own = textAt(rule, 'alert') ?? '';
    if (JOINTS.every((joint) => at(composite, joint) === undefined)) {
      complain(inside, `a composite needs one of ${JOINTS.join(', ')}`);
    }
    const seen = new Set<string>();
    for (const joint of JOINTS) {
      for (const [index, name] of itemsOf(at(composite, joint))) {
        if (typeof name !== 'string') continue;
        const at = [...inside, joint, index];
        refuseTwice(seen, name, 'alert', at, complain);
        if (!alerts.includes(name)) {
          complain(
            at,
            `${unknownName(
              'alert',
              name,
              alerts.filter((one) => one !== own),
            )}; a composite takes those of its own group`,
          );
        } else if (leadsTo(name, own, members)) complain(at, `'${name}' goes round in a circle back to '${own}'`);
      }
    }
  }
}

function membersOf(composite: Raw): string[] {
  return JOINTS.flatMap((joint) => [...itemsOf(at(composite, joint))].map(([, name]) => String(name)));
}

function leadsTo(from: string, to: string, members: ReadonlyMap<string, readonly string[]>): boolean {
  const open = [from];
  const seen = new Set<string>();
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === to) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...(members.get(name) ?? []));
  }
  return false;
}
