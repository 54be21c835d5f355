import type { PlainModelSettings } from '@tidemark/proto';
import { inFileOrder, type Mistake, mistakeAt, parseYaml } from '../checked-yaml.ts';
import { MODEL_SETTINGS, settingsMeaning, toModelSettings } from './check.ts';

/** The settings of a file, or everything that is wrong with it. */
export type LoadedSettings =
  | { readonly ok: true; readonly settings: PlainModelSettings }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/**
 * Reads a file of settings, YAML or JSON. Mistakes of form and of meaning come back together, in file order, each with
 * line and column; `fileName` only names the file in them. Never throws for anything a file can contain.
 */
export function loadModelSettings(text: string, fileName: string): LoadedSettings {
  const parsed = parseYaml(text, MODEL_SETTINGS, fileName);
  const mistakes: Mistake[] = parsed.ok ? [] : [...parsed.mistakes];
  const { positionOf } = parsed;
  if (positionOf) {
    for (const { path, message } of settingsMeaning(parsed.value)) {
      mistakes.push(mistakeAt(fileName, positionOf, path, message));
    }
  }
  if (!parsed.ok || mistakes.length > 0) return { ok: false, mistakes: inFileOrder(mistakes) };
  return { ok: true, settings: toModelSettings(parsed.value) };
}
