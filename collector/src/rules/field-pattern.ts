/** Whether a name in a rule stands for several fields. */
export function isPattern(name: string): boolean {
  return name.includes('*');
}

/** Whether a field is meant by a name: letter by letter, where `*` is any letters or none. Linear in practice: one `*` a step. */
export function meansField(pattern: string, field: string): boolean {
  const parts = pattern.split('*');
  const first = parts[0]!;
  if (parts.length === 1) return pattern === field;
  const last = parts.at(-1)!;
  if (field.length < first.length + last.length || !field.startsWith(first) || !field.endsWith(last)) return false;
  let at = first.length;
  const end = field.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const found = field.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
