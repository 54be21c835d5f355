export { Collector, type Listening } from './collector.ts';
export { type Config, loadConfig } from './config.ts';
export { CollectorError, type CollectorErrorCode } from './errors.ts';
export { createLog, type Logger } from './log.ts';
export { SETTINGS, type Setting } from './settings.ts';
