import type { PlainModelSettings } from '@tidemark/proto';
import { stringify } from 'yaml';

/** Settings as the file that would set them. */
export function settingsText(settings: PlainModelSettings): string {
  return stringify(settings, { lineWidth: 0 }).trimEnd();
}
