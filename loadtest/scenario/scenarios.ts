import { burst } from './burst.ts';
import { collectorKills, databaseKills } from './kills.ts';
import { month } from './month.ts';
import { clockSkew, lateData } from './off-time.ts';
import { pausedDatabase } from './paused-database.ts';
import { restart } from './restart.ts';
import type { Scenario } from './scenario.ts';
import { severalCollectors } from './several-collectors.ts';
import { slowDatabase } from './slow-database.ts';
import { steady } from './steady.ts';
import { writes } from './writes.ts';

/** Every scenario by its name; a new one is one more line. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  steady,
  burst,
  month,
  writes,
  'slow-database': slowDatabase,
  'paused-database': pausedDatabase,
  restart,
  'collector-kills': collectorKills,
  'database-kills': databaseKills,
  'several-collectors': severalCollectors,
  'late-data': lateData,
  'clock-skew': clockSkew,
};
