export { Collector, type Listening } from './collector.ts';
export { type Config, loadConfig, SETTINGS } from './config.ts';
export { CollectorError, type CollectorErrorCode } from './errors.ts';
export { createLog, type Logger } from './log.ts';
