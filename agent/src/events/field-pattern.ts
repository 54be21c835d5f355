import { isName, isStage } from '../names.ts';

// Two names of 128 bytes and the slash between them.
const MAX_PATTERN_LENGTH = 257;

/** Text with `*` for any run of characters, as the pieces between the stars: one piece is a literal. */
export type Glob = readonly string[];

/** Which fields of which stages are meant. */
export type FieldPattern = { readonly stage: Glob; readonly field: Glob };

/** What `readPattern` takes, for error messages. */
export const PATTERN_EXPECTED = 'stage/field, with * for any run of characters';

/** Reads `stage/field`: up to the first slash the stage. Undefined where it is no pattern or names no stage there is. */
export function readPattern(text: unknown): FieldPattern | undefined {
  if (typeof text !== 'string' || text.length > MAX_PATTERN_LENGTH) return undefined;
  const slash = text.indexOf('/');
  const stage = text.slice(0, Math.max(0, slash));
  const field = text.slice(slash + 1);
  if (stage === '' || field === '') return undefined;
  if (!stage.includes('*') && !isStage(stage)) return undefined;
  if (!field.includes('*') && !isName(field)) return undefined;
  return { stage: stage.split('*'), field: field.split('*') };
}

/** The one text a glob stands for; undefined when it has a star. */
export function literalOf(glob: Glob): string | undefined {
  return glob.length === 1 ? glob[0] : undefined;
}

/** Whether the whole of `text` is as `glob` says. Pieces are looked for from the left, so it never tries twice. */
export function matchesGlob(glob: Glob, text: string): boolean {
  const first = glob[0] ?? '';
  if (glob.length === 1) return text === first;
  const last = glob[glob.length - 1] ?? '';
  const end = text.length - last.length;
  if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (let i = 1; i < glob.length - 1; i++) {
    const piece = glob[i] ?? '';
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= end;
}

/** Whether one of the patterns means this field. */
export function matchesAny(patterns: readonly FieldPattern[], stage: string, field: string): boolean {
  for (const pattern of patterns) {
    if (matchesGlob(pattern.stage, stage) && matchesGlob(pattern.field, field)) return true;
  }
  return false;
}
