import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A certificate and its key, in PEM. */
export type Certified = { readonly cert: string; readonly key: string };

/** What goes into a certificate. Times in milliseconds since the epoch; names are those of a server. */
export type CertificateOptions = {
  readonly names?: readonly string[];
  readonly fromMs?: number;
  readonly toMs?: number;
};

const DAY = 86_400_000;

/** An authority made up on the spot; nothing of it is kept. DER by hand (X.690, RFC 5280), so that no tool is needed. */
export class TestAuthority {
  readonly cert: string;
  readonly #name: string;
  readonly #key: KeyObject;
  #serial = 1;

  constructor(name = 'Test Authority') {
    const { privateKey, publicKey } = newKeys();
    this.#name = name;
    this.#key = privateKey;
    const isAuthority = sequence(oid(0x55, 0x1d, 0x13), der(0x01, [0xff]), der(0x04, sequence(der(0x01, [0xff]))));
    this.cert = this.#issue(name, publicKey, [isAuthority], {});
  }

  /** A certificate signed by this authority; for this machine by default. */
  certify(subject: string, options: CertificateOptions = {}): Certified {
    const { privateKey, publicKey } = newKeys();
    const names = (options.names ?? ['localhost']).map((name) => der(0x82, Buffer.from(name, 'latin1')));
    const address = options.names === undefined ? [der(0x87, [127, 0, 0, 1])] : [];
    const alternatives = sequence(oid(0x55, 0x1d, 0x11), der(0x04, sequence(...names, ...address)));
    const cert = this.#issue(subject, publicKey, [alternatives], options);
    return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
  }

  #issue(subject: string, key: KeyObject, extensions: readonly Buffer[], { fromMs, toMs }: CertificateOptions): string {
    const algorithm = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
    const body = sequence(
      der(0xa0, der(0x02, [2])),
      der(0x02, [this.#serial++]),
      algorithm,
      nameOf(this.#name),
      sequence(timeOf(fromMs ?? Date.now() - DAY), timeOf(toMs ?? Date.now() + DAY)),
      nameOf(subject),
      key.export({ type: 'spki', format: 'der' }),
      der(0xa3, sequence(...extensions)),
    );
    const signature = der(0x03, Buffer.concat([Buffer.of(0), sign('sha256', body, this.#key)]));
    const base64 = sequence(body, algorithm, signature).toString('base64');
    return `-----BEGIN CERTIFICATE-----\n${base64.replace(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----\n`;
  }
}

function newKeys() {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
}

function der(tag: number, content: Uint8Array | readonly number[]): Buffer {
  const body = Buffer.from(content);
  const { length } = body;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), body]);
}

const sequence = (...parts: readonly Uint8Array[]) => der(0x30, Buffer.concat(parts));
const oid = (...bytes: readonly number[]) => der(0x06, bytes);

function nameOf(common: string): Buffer {
  return sequence(der(0x31, sequence(oid(0x55, 0x04, 0x03), der(0x0c, Buffer.from(common)))));
}

function timeOf(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]|\..*/g, '');
  return der(0x18, Buffer.from(`${digits}Z`, 'latin1'));
}
