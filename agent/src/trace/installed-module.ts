import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * The module that code in the folder `from` gets for `name`; undefined where it is not installed.
 * A CommonJS module is the same for `import` and `require`.
 * @throws what the module throws while it loads.
 */
export function installedModule(name: string, from: string): object | undefined {
  // Resolution starts at a file; this one need not exist.
  const require = createRequire(join(from, 'any.js'));
  let path: string;
  try {
    path = require.resolve(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
  return require(path);
}
