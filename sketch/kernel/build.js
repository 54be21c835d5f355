import { writeFile } from 'node:fs/promises';
import asc from 'assemblyscript/asc';

// Compiles the kernel and writes it as a module of text, so that the package needs no file beside its JavaScript.
const OUT = 'kernel.wasm';
const options = [
  ['--baseDir', import.meta.dirname],
  ['--outFile', OUT],
  ['-O3', '--noAssert', '--enable', 'simd', '--runtime', 'stub'],
  // All that kernel/layout.ts lays out; it never grows, so views of it stay valid.
  ['--initialMemory', '4', '--maximumMemory', '4'],
  ['--use', 'abort='],
];
let binary = new Uint8Array(0);
const { error, stderr } = await asc.main(['index.ts', ...options.flat()], {
  writeFile: (name, contents) => {
    if (name === OUT) binary = contents;
  },
});
if (error) throw new Error(`the kernel does not compile:\n${stderr}`);
const text = Buffer.from(binary).toString('base64');
await writeFile(
  new URL('../src/gen/kernel-wasm.ts', import.meta.url),
  `/** Generated from kernel/*.ts: ${binary.length} bytes of WebAssembly. */\nexport const KERNEL_WASM =\n  '${text}';\n`,
);
