import { createHash, webcrypto } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';

/** Where a session's model came from. */
export type ModelSource = {
  /** File name without `.onnx`; `onnx` where it came as bytes or is not known. */
  readonly name: string;
  /** As given to `create`. */
  readonly path?: string;
  /** Of the file or of the bytes, lower-case hex; undefined where it is not known. Data beside the file are not in it. */
  readonly sha256?: string;
};

/** A session that was there before anybody looked. */
export const UNKNOWN_SOURCE: ModelSource = Object.freeze({ name: 'onnx' });

/** Hex digits of the SHA-256 that make a version. */
const VERSION_DIGITS = 12;

/** What the arguments of `InferenceSession.create` name. Takes what it needs of bytes before it returns. Never rejects. */
export async function sourceOf(args: readonly unknown[]): Promise<ModelSource> {
  const [model, offset, length] = args;
  try {
    if (typeof model === 'string') return await fileSource(model);
    const bytes = bytesOf(model, offset, length);
    if (bytes === undefined) return UNKNOWN_SOURCE;
    // Copies the bytes at once and hashes on a thread of its own.
    const digest = await webcrypto.subtle.digest('SHA-256', bytes);
    return { name: UNKNOWN_SOURCE.name, sha256: Buffer.from(digest).toString('hex') };
  } catch {
    // No such file, or none that can be read here: `create` will say so, or know better.
    return typeof model === 'string' ? { name: nameOf(model), path: model } : UNKNOWN_SOURCE;
  }
}

/** The version a source stands for, `unknown` where it has no hash. */
export function versionOf({ sha256 }: ModelSource): string {
  return sha256?.slice(0, VERSION_DIGITS) ?? 'unknown';
}

async function fileSource(path: string): Promise<ModelSource> {
  // A pipe can be read but once, and not by us.
  if (!(await stat(path)).isFile()) return { name: nameOf(path), path };
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return { name: nameOf(path), path, sha256: hash.digest('hex') };
}

function nameOf(path: string): string {
  const name = basename(path);
  return name.toLowerCase().endsWith('.onnx') && name.length > 5 ? name.slice(0, -5) : name;
}

function bytesOf(model: unknown, offset: unknown, length: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (model instanceof Uint8Array) return model as Uint8Array<ArrayBuffer>;
  if (!(model instanceof ArrayBuffer)) {
    if (!(model instanceof SharedArrayBuffer)) return undefined;
    return bytesOf(new Uint8Array(model).slice().buffer, offset, length);
  }
  if (typeof offset !== 'number') return new Uint8Array(model);
  return typeof length === 'number' ? new Uint8Array(model, offset, length) : new Uint8Array(model, offset);
}
