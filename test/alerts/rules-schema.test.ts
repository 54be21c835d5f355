import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { formatMistakes } from '../../collector/src/checked-yaml.ts';
import { loadRules } from '../../collector/src/rules/load.ts';
import { rulesJsonSchema } from '../../collector/src/rules/rules-json-schema.ts';

const read = (name: string) => readFileSync(new URL(`../../alerts/${name}`, import.meta.url), 'utf8');
const EXAMPLES = ['starter.yaml', 'every-part.yaml', 'tabular.yaml', 'vision.yaml', 'ranking.yaml'];

describe('the schema of rule files', () => {
  test('is the one the collector checks by', () => {
    assert.deepEqual(
      JSON.parse(read('rules.schema.json')),
      JSON.parse(JSON.stringify(rulesJsonSchema())),
      'npm run generate',
    );
  });

  test('is a valid JSON Schema in which every keyword is known, and takes our files', () => {
    const validate = new Ajv({ strict: true, allowMatchingProperties: true }).compile(
      JSON.parse(read('rules.schema.json')),
    );
    for (const name of EXAMPLES) assert.ok(validate(parse(read(name))), JSON.stringify(validate.errors));
    const unknown = read('starter.yaml').replaceAll('method:', 'metod:');
    assert.equal(validate(parse(unknown)), false);
  });

  test('is named by our files, which are sound', () => {
    for (const name of EXAMPLES) {
      assert.match(read(name), /^# yaml-language-server: \$schema=rules\.schema\.json$/m);
      const loaded = loadRules(read(name), name);
      assert.ok(loaded.ok, loaded.ok ? '' : formatMistakes(loaded.mistakes));
    }
  });

  test('and an example that uses every part of it', () => {
    const used = new Set<string>();
    const collect = (value: unknown): void => {
      if (Array.isArray(value)) for (const one of value) collect(one);
      else if (typeof value === 'object' && value !== null) {
        for (const [key, inner] of Object.entries(value)) {
          used.add(key);
          collect(inner);
        }
      }
    };
    collect(parse(read('every-part.yaml')));
    collect(parse(read('starter.yaml')));
    const { properties } = rulesJsonSchema() as { properties: Record<string, Schema> };
    const rule = properties.groups!.items!.properties!.rules!.items!.properties!;
    const blocks = ['drift', 'schema', 'confidence', 'latency', 'errors', 'silence', 'composite'];
    const known = [
      ...Object.keys(rule),
      ...Object.keys(properties.defaults!.properties!),
      ...blocks.flatMap((block) => Object.keys(rule[block]!.properties!)),
    ];
    // Said in a few words each elsewhere: the example has another of the same kind.
    const left = new Set(['on_error', 'no_data_for', 'any']);
    assert.deepEqual(
      known.filter((key) => !used.has(key) && !left.has(key)),
      [],
    );
  });
});

type Schema = { readonly properties?: Record<string, Schema>; readonly items?: Schema };
