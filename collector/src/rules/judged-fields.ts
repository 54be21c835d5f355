import { at, itemsOf, type Raw, textAt } from './raw.ts';

/** The names and patterns of the fields that a block judges, `*` where it says none. */
export function judgedFields(block: Raw): string[] {
  const field = textAt(block, 'field');
  if (field !== null) return [field];
  const fields = [...itemsOf(at(block, 'fields'))].map(([, one]) => String(one));
  return at(block, 'fields') === undefined ? ['*'] : fields;
}
