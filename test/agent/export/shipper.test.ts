import { Exporter } from '../../../agent/src/export/exporter.ts';
import { Shipper } from '../../../agent/src/export/shipper.ts';
import { Losses } from '../../../agent/src/losses.ts';
import type { ModelVersion } from '../../../agent/src/record/model-version.ts';
import type { WindowRecord } from '../../../agent/src/window/window-record.ts';
import { lifecycleSuite } from '../../support/lifecycle.ts';
import { NOWHERE } from '../make-agent.ts';

lifecycleSuite('shipper', {
  make: () => {
    const exporter = new Exporter<WindowRecord<ModelVersion>>({
      transport: NOWHERE,
      losses: new Losses<ModelVersion>(),
      sealer: { sourceId: new Uint8Array(16), info: { service: '', host: '', pid: 1, agentVersion: '' }, now: () => 0 },
      maxBytes: 1_000,
      random: () => 0,
      say: () => {},
    });
    return new Shipper(exporter, () => [], 1_000);
  },
});
