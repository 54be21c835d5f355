import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Mistake } from './errors.ts';
import { isObject, isText, type OptionRow, readOptions } from './option-table.ts';

/** PEM, as text or bytes. */
export type Pem = string | Buffer;

/** How the collector is known, and how it knows this agent. */
export type TlsOptions = {
  /** Certificates of the authorities that are trusted; by default those that this Node trusts. */
  readonly ca?: Pem;
  /** This agent's certificate, with those between it and its authority; only with `key`. */
  readonly cert?: Pem;
  readonly key?: Pem;
  /** Name the collector's certificate is held against, where it is not the host of `collector`. */
  readonly serverName?: string;
};

const isPem = (value: unknown) => isText(value) || (Buffer.isBuffer(value) && value.length > 0);

const TLS_TABLE: readonly OptionRow[] = [
  {
    name: 'ca',
    type: 'PEM',
    doc: 'trusted authorities',
    accepts: isPem,
    expected: 'PEM text or a Buffer',
    secret: true,
    inside: checkCertificates,
  },
  {
    name: 'cert',
    type: 'PEM',
    doc: 'certificate of the agent',
    accepts: isPem,
    expected: 'PEM text or a Buffer',
    secret: true,
    inside: checkCertificates,
  },
  {
    name: 'key',
    type: 'PEM',
    doc: 'private key of the certificate',
    accepts: isPem,
    expected: 'PEM text or a Buffer',
    secret: true,
    inside: checkKey,
  },
  {
    name: 'serverName',
    type: 'string',
    doc: "name in the collector's certificate",
    accepts: isText,
    expected: 'a host name',
  },
];

/** Checks what is in `tls`; what is wrong with a key is said without showing any of it. */
export function checkTls(given: unknown, path: string, mistakes: Mistake[]): void {
  if (!isObject(given)) return;
  const before = mistakes.length;
  const { cert, key } = readOptions(TLS_TABLE, given, path, mistakes) as TlsOptions;
  if ((cert === undefined) !== (key === undefined)) {
    const [there, missing] = cert === undefined ? ['key', 'cert'] : ['cert', 'key'];
    mistakes.push({ option: `${path}.${missing}`, expected: `one that belongs to ${there}`, got: 'nothing' });
  } else if (cert !== undefined && key !== undefined && mistakes.length === before) {
    const privateKey = keyOf(key);
    if (privateKey !== undefined && certificatesIn(cert)?.[0]?.checkPrivateKey(privateKey)) return;
    mistakes.push({ option: `${path}.key`, expected: 'the key of the first certificate in cert', got: 'another key' });
  }
}

function checkCertificates(pem: Pem, path: string, mistakes: Mistake[]): void {
  if (certificatesIn(pem) !== undefined) return;
  mistakes.push({
    option: path,
    expected: 'one or more certificates in PEM',
    got: 'something that cannot be read as such',
  });
}

function checkKey(pem: Pem, path: string, mistakes: Mistake[]): void {
  if (keyOf(pem) !== undefined) return;
  const expected = 'a private key in PEM, without a passphrase';
  mistakes.push({ option: path, expected, got: 'something that cannot be read as such' });
}

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function certificatesIn(pem: Pem): X509Certificate[] | undefined {
  const blocks = String(pem).match(BLOCK) ?? [];
  if (blocks.length === 0) return undefined;
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    // What OpenSSL says of it names no option; the caller does.
    return undefined;
  }
}

function keyOf(pem: Pem): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    // As above; and nothing of a key belongs into a message.
    return undefined;
  }
}
