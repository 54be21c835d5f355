import { types } from 'node:util';
import { show } from '../errors.ts';

/** What a thrown value says of itself, on one line; not even a value made to throw on every look makes this throw. */
export function failureText(error: unknown): string {
  try {
    const text = types.isNativeError(error) ? `${error.name}: ${error.message}` : show(error);
    return text.replaceAll(/\s+/g, ' ').slice(0, 200);
  } catch {
    return 'something that cannot be shown';
  }
}
