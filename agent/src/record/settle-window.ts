import type { WindowRecord } from '../window/window-record.ts';
import type { ModelVersion } from './model-version.ts';

/** Makes a window ready to leave; what it cannot take along is counted. */
export function settleWindow(window: WindowRecord<ModelVersion>): WindowRecord<ModelVersion> {
  const { owner } = window;
  owner.losses.add(owner, 'kind-unknown', window.settle());
  return window;
}
