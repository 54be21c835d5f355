/** What a token lets its holder do in its project: send data; read it; both, and change what agents go by. */
export const SCOPES = Object.freeze(['write', 'read', 'admin'] as const);
export type Scope = (typeof SCOPES)[number];

/** Whether a scope is enough for what is asked. `admin` is enough for everything; `write` does not let anybody read. */
export function isEnough(held: Scope, needed: Scope): boolean {
  return held === needed || held === 'admin';
}
