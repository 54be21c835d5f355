import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileTemplate, type TemplateContext, TemplateError } from '../../../collector/src/rules/template.ts';

const CONTEXT: TemplateContext = {
  labels: { field: 'amount' },
  value: 0.31567,
  baseline: 'train',
  samples: 1200,
  threshold: '> 0.25',
};
const render = (source: string, context: Partial<TemplateContext> = {}): string =>
  compileTemplate(source, ['field', 'slice']).render({ ...CONTEXT, ...context });

test('holes are filled in', () => {
  const cases: [string, string][] = [
    ['plain', 'plain'],
    ['{{ $labels.field }}!', 'amount!'],
    ['{{$labels.slice}}', ''],
    ['{{ $value }}', '0.31567'],
    ['{{ $value | printf "%.2f" }}', '0.32'],
    ['{{ $value | printf "is %.1f%%" }}', 'is 0.3%'],
    ['{{ $value | printf "%.2g" }} {{ $value | printf "%.1e" }}', '0.32 3.2e-1'],
    ['{{ $value | fixed 3 }}', '0.316'],
    ['{{ $value | percent }} {{ $value | percent 0 }}', '31.6 % 32 %'],
    ['{{ $samples | printf "%d" }} {{ $baseline }} {{ $threshold }}', '1200 train > 0.25'],
    ['{{ $labels.field | printf "%s" }}', 'amount'],
  ];
  for (const [source, expected] of cases) assert.equal(render(source), expected, source);
});

test('a value that is not there is said to be so, whatever the filter', () => {
  assert.equal(
    render('{{ $value | fixed 2 }} {{ $value | percent }} {{ $value }}', { value: null }),
    'no value no value no value',
  );
});

test('labels are put in as they are, holes in them are not filled', () => {
  assert.equal(render('{{ $labels.field }}', { labels: { field: '{{ $value }}' } }), '{{ $value }}');
});

test('everything else is refused when it is compiled, with its place', () => {
  const cases: [string, number, RegExp][] = [
    ['a {{ $value', 2, /not closed/],
    ['{{ }}', 0, /unknown variable ''/],
    ['{{ value }}', 0, /did you mean '\$value'/],
    ['x{{ $labels.feild }}', 1, /did you mean 'field'/],
    ['{{ $labels }}', 0, /unknown variable/],
    ['{{ $labels.__proto__ }}', 0, /no label '__proto__'/],
    ['{{ $value | toString }}', 0, /unknown filter 'toString'/],
    ['{{ $value | fixed }}', 0, /fixed takes a number of digits/],
    ['{{ $value | fixed 999 }}', 0, /fixed takes a number of digits/],
    ['{{ $value | printf "%q" }}', 0, /printf takes a format/],
    ['{{ $value | printf "%.2f %.2f" }}', 0, /one verb/],
    ['{{ $value | printf %.2f }}', 0, /printf takes a format/],
    ['{{ if true }}', 0, /unknown variable/],
  ];
  for (const [source, offset, message] of cases) {
    assert.throws(
      () => compileTemplate(source, ['field']),
      (error) => error instanceof TemplateError && error.offset === offset && message.test(error.message),
      source,
    );
  }
});
