import type { MeterProvider } from '@opentelemetry/api';
import { isFunction, isObject, type OptionRow } from '../option-table.ts';

/** Options of `createAgent` that concern OpenTelemetry. */
export type TraceOptions = {
  readonly trace?: boolean;
  readonly metrics?: boolean | MeterProvider;
};

/** Checked and completed. */
export type TraceSettings = Required<TraceOptions>;

/** Options of the agent that concern OpenTelemetry. */
export const TRACE_ROWS: readonly OptionRow[] = [
  {
    name: 'trace',
    type: 'boolean',
    default: true,
    doc: 'the active OpenTelemetry span gets `tidemark.*` attributes on a violation or a low confidence, and events get its ids; without an SDK nothing happens',
    accepts: (value) => typeof value === 'boolean',
    expected: 'true or false',
  },
  {
    name: 'metrics',
    type: 'boolean or MeterProvider',
    default: false,
    doc: 'OpenTelemetry metrics of calls, verdicts and the agent itself; true uses the global MeterProvider',
    accepts: (value) =>
      typeof value === 'boolean' || (isObject(value) && isFunction((value as Partial<MeterProvider>).getMeter)),
    expected: 'true, false or a MeterProvider',
  },
];
