import { readFileSync } from 'node:fs';

/** The version of this package; `src` and `dist` lie equally deep in it. */
export function buildVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
