import { writeFileSync } from 'node:fs';
import { rulesJsonSchema } from '../src/rules/rules-json-schema.ts';

// Writes the JSON Schema of rule files for editors.
const SCHEMA = new URL('../../alerts/rules.schema.json', import.meta.url);
writeFileSync(SCHEMA, `${JSON.stringify(rulesJsonSchema(), null, 2)}\n`);
