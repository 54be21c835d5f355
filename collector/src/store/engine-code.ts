import { readFile } from 'node:fs/promises';

/** The little of the WebAssembly interface that is needed; its types come with those of browsers only. */
type WebAssemblyHost = { compile(bytes: Uint8Array): Promise<object> };

let compiling: Promise<object> | undefined;

/**
 * The embedded engine's code as a `WebAssembly.Module`, which threads share. Compiled once for the process: an engine that follows
 * one that has ended opens in half the time. @throws what reading or compiling threw; the next call tries again.
 */
export function engineCode(): Promise<object> {
  compiling ??= compile().catch((error: unknown) => {
    compiling = undefined;
    throw error;
  });
  return compiling;
}

async function compile(): Promise<object> {
  const { WebAssembly } = globalThis as typeof globalThis & { WebAssembly: WebAssemblyHost };
  return WebAssembly.compile(await readFile(new URL(import.meta.resolve('@electric-sql/pglite/pglite.wasm'))));
}
