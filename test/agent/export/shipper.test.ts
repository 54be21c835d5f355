import { Exporter } from '../../../agent/src/export/exporter.ts';
import { SettingsInbox } from '../../../agent/src/export/settings-inbox.ts';
import { Shipper } from '../../../agent/src/export/shipper.ts';
import { Losses } from '../../../agent/src/losses.ts';
import type { ModelVersion } from '../../../agent/src/record/model-version.ts';
import type { WindowRecord } from '../../../agent/src/window/window-record.ts';
import { WorkTime } from '../../../agent/src/work-time.ts';
import { lifecycleSuite } from '../../support/lifecycle.ts';
import { NOWHERE, sealerOptions } from '../make-agent.ts';

lifecycleSuite('shipper', {
  make: () => {
    const work = new WorkTime();
    const exporter = new Exporter<WindowRecord<ModelVersion>>({
      transport: NOWHERE,
      losses: new Losses<ModelVersion>(),
      sealer: sealerOptions(),
      maxBytes: 1_000,
      random: () => 0,
      say: () => {},
      settings: new SettingsInbox(
        () => {},
        () => {},
      ),
      work,
    });
    return new Shipper(exporter, () => [], 1_000, work);
  },
});
