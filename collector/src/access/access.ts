import type { Scope } from './scope.ts';

/** Who was let in: to which project, and by which token; null where none is asked for. */
export type Grant = { readonly projectId: number; readonly scope: Scope; readonly tokenId: string | null };

/** The answer to somebody who wants to do something. */
export type Admission =
  | { readonly kind: 'granted'; readonly grant: Grant }
  /** `unauthenticated`: nobody knows who it is. `forbidden`: that is known, and it is not enough. */
  | { readonly kind: 'refused'; readonly why: 'unauthenticated' | 'forbidden'; readonly message: string }
  /** The store that would know does not answer. */
  | { readonly kind: 'undecided'; readonly message: string };

/** Decides who may do what. */
export type Access = {
  /** `authorization` is the header of that name. Never rejects. */
  admit(authorization: string | undefined, needed: Scope): Promise<Admission>;
  /**
   * Calls `onEnd` once, with the reason, when the grant has come to its end. @returns what ends the watch.
   */
  watch(grant: Grant, onEnd: (reason: string) => void): () => void;
  start(): void;
  stop(): void;
};

/** Lets everybody in, to one project: for a collector that only this machine can reach. */
export function openAccess(projectId: number): Access {
  const grant: Grant = Object.freeze({ projectId, scope: 'admin', tokenId: null });
  return Object.freeze({
    admit: async () => ({ kind: 'granted', grant }) as const,
    watch: () => () => undefined,
    start: () => undefined,
    stop: () => undefined,
  });
}
