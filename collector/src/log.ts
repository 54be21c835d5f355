import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

/** JSON lines on standard error, so that standard output stays free for what a command answers. */
export function createLog(level: (typeof LOG_LEVELS)[number]): Logger {
  return pino({ level, base: { service: 'tidemark-collector' } }, pino.destination({ dest: 2, sync: true }));
}
