import { Exporter, type ExporterOptions } from '../../agent/src/export/exporter.ts';
import { GrpcTransport } from '../../agent/src/export/grpc.ts';
import { SettingsInbox } from '../../agent/src/export/settings-inbox.ts';
import { Losses } from '../../agent/src/losses.ts';
import { readModel } from '../../agent/src/model-options.ts';
import { ModelVersion } from '../../agent/src/record/model-version.ts';
import type { CollectorSettings } from '../../agent/src/settings.ts';
import { WindowRecord } from '../../agent/src/window/window-record.ts';
import { WorkTime } from '../../agent/src/work-time.ts';
import { MINUTE, sealerOptions } from './make-agent.ts';

/** An exporter over real gRPC that retries at once, with what it counts and says. */
export function makeExporter(address: string, given: Partial<ExporterOptions> = {}) {
  const losses = new Losses<ModelVersion>();
  const said: string[] = [];
  const settings: CollectorSettings[] = [];
  const say = (message: string) => void said.push(message);
  const exporter = new Exporter<WindowRecord<ModelVersion>>({
    transport: new GrpcTransport(address),
    losses,
    sealer: sealerOptions(),
    maxBytes: 16 * 1024 * 1024,
    random: () => 0,
    say,
    settings: new SettingsInbox((each) => settings.push(each), say),
    work: new WorkTime(),
    ...given,
  });
  const version = (name = '1') => new ModelVersion(readModel({ name: 'm', version: name }), losses);
  /** A window of `rows` rows without any field. */
  const window = (owner: ModelVersion, rows: number, minute = 0) => {
    const record = new WindowRecord<ModelVersion>(owner, MINUTE + minute * 60_000, 60_000);
    record.rows = rows;
    return record;
  };
  return { exporter, losses, said, settings, version, window };
}
