import { EVENT_TABLE } from './events/event-options.ts';
import { PRIVACY_TABLE } from './events/privacy-options.ts';
import { CUSTOM_TABLE, FIELD_CHECK_TABLE, RELATION_TABLE } from './guard/check-options.ts';
import { GUARD_TABLE } from './guard/guard-options.ts';
import { MODEL_TABLE } from './model-options.ts';
import { CALL_TABLE } from './observe/call-options.ts';
import { FASTIFY_TABLE } from './observe/fastify-options.ts';
import { INSTRUMENT_TABLE } from './observe/instrument-options.ts';
import { SESSION_TABLE } from './observe/session-options.ts';
import { CANARY_TABLE, SHADOW_TABLE } from './observe/shadow-options.ts';
import { STEP_TABLE } from './observe/step-options.ts';
import type { OptionRow } from './option-table.ts';
import { AGENT_TABLE } from './options.ts';
import { INSTRUMENTATION_TABLE } from './trace/instrumentation-options.ts';

/** Every table of options by the name of its place in the README. */
export const OPTION_TABLES: Readonly<Record<string, readonly OptionRow[]>> = {
  'options-agent': AGENT_TABLE,
  'options-events': EVENT_TABLE,
  'options-privacy': PRIVACY_TABLE,
  'options-instrumentation': INSTRUMENTATION_TABLE,
  'options-model': MODEL_TABLE,
  'options-wrap': CALL_TABLE,
  'options-step': STEP_TABLE,
  'options-instrument': INSTRUMENT_TABLE,
  'options-fastify': FASTIFY_TABLE,
  'options-session': SESSION_TABLE,
  'options-guard': GUARD_TABLE,
  'options-guard-fields': FIELD_CHECK_TABLE,
  'options-guard-relations': RELATION_TABLE,
  'options-guard-custom': CUSTOM_TABLE,
  'options-shadow': SHADOW_TABLE,
  'options-canary': CANARY_TABLE,
};
