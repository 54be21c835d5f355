import { createLog } from '../../../collector/src/log.ts';
import { Telemetry } from '../../../collector/src/telemetry/telemetry.ts';
import { lifecycleSuite } from '../../support/lifecycle.ts';

lifecycleSuite('telemetry', { make: () => Telemetry.create({}, createLog('silent')) });
