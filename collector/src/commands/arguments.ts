import { type ParseArgsConfig, parseArgs } from 'node:util';
import { CollectorError, messageOf } from '../errors.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/**
 * Reads the arguments of a command.
 * @throws {CollectorError} `USAGE`, for an unknown option, a missing value or the wrong number of operands.
 */
export function readArguments<O extends Options>(
  args: string[],
  options: O,
  operands: { readonly min: number; readonly max: number },
  usage: string,
) {
  try {
    const read = parseArgs({ args, options, allowPositionals: true, strict: true });
    const count = read.positionals.length;
    if (count < operands.min || count > operands.max) {
      throw new Error(
        `expected ${operands.min === operands.max ? operands.min : `${operands.min} to ${operands.max}`} operands, got ${count}`,
      );
    }
    return read;
  } catch (error) {
    throw new CollectorError('USAGE', `${messageOf(error)}\nusage: tidemark ${usage}`, { cause: error });
  }
}

/**
 * The values of options without which a command cannot work.
 * @throws {CollectorError} `USAGE`, naming all that are missing.
 */
export function requireOptions<K extends string>(
  values: Readonly<Partial<Record<K, string>>>,
  names: readonly K[],
  usage: string,
): Record<K, string> {
  const missing = names.filter((name) => values[name] === undefined);
  if (missing.length > 0) {
    const list = missing.map((name) => `--${name}`).join(', ');
    throw new CollectorError('USAGE', `${list} ${missing.length > 1 ? 'are' : 'is'} missing\nusage: tidemark ${usage}`);
  }
  return values as Record<K, string>;
}
