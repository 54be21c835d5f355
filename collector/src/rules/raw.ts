/** Something read from a file whose form was not, or not successfully, checked. */
export type Raw = unknown;

/** What stands under a key, or undefined where there is no such key or no mapping. */
export function at(raw: Raw, key: string): Raw {
  return typeof raw === 'object' && raw !== null && Object.hasOwn(raw, key)
    ? (raw as Record<string, unknown>)[key]
    : undefined;
}

/** The text under a key, or null where there is none. */
export function textAt(raw: Raw, key: string): string | null {
  const value = at(raw, key);
  return typeof value === 'string' ? value : null;
}

/** The items of a list with their indexes; nothing for what is no list. */
export function itemsOf(raw: Raw): Iterable<[number, Raw]> {
  return Array.isArray(raw) ? raw.entries() : [];
}

/** The keys and values of a mapping; nothing for what is none. */
export function entriesOf(raw: Raw): [string, Raw][] {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? Object.entries(raw) : [];
}
