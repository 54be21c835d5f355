import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { messageOf } from '../errors.ts';

/** Where the collector's certificate with its chain and its key lie, and the authorities whose clients may come in; PEM. */
export type TlsFiles = { readonly cert: string; readonly key: string; readonly clientCa: string | null };

/** What those files held, checked. */
export type Certificates = {
  readonly cert: string;
  readonly key: string;
  /** null = clients are not asked for a certificate. */
  readonly clientCa: string | null;
  /** When the first certificate of the chain to end ends, ms since the epoch. */
  readonly endsAt: number;
};

/** The files' certificates, or all that is wrong with them. */
export type CertificatesRead =
  | { readonly ok: true; readonly certificates: Certificates }
  | { readonly ok: false; readonly mistakes: readonly string[] };

const ONE_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Reads the files and looks whether a server could be run with them at `now` (ms). Never rejects. */
export async function readCertificates(files: TlsFiles, now: number): Promise<CertificatesRead> {
  const mistakes: string[] = [];
  const cert = await readText('tls_cert', files.cert, mistakes);
  const key = await readText('tls_key', files.key, mistakes);
  const clientCa = files.clientCa === null ? null : await readText('tls_client_ca', files.clientCa, mistakes);
  const chain = cert === null ? [] : parseAll('tls_cert', files.cert, cert, mistakes);
  for (const one of chain) checkTime('tls_cert', files.cert, one, now, mistakes);
  if (typeof clientCa === 'string') {
    for (const one of parseAll('tls_client_ca', files.clientCa ?? '', clientCa, mistakes)) {
      checkTime('tls_client_ca', files.clientCa ?? '', one, now, mistakes);
    }
  }
  const secret = key === null ? null : parseKey(files.key, key, mistakes);
  const [own] = chain;
  if (own !== undefined && secret !== null && !own.checkPrivateKey(secret)) {
    mistakes.push(
      `tls_key ${files.key} is not the key of the first certificate in ${files.cert} (${nameOf(own)}): give the key it was made for, and put the server's own certificate first`,
    );
  }
  if (mistakes.length > 0 || cert === null || key === null) return { ok: false, mistakes };
  const certificates = { cert, key, clientCa, endsAt: Math.min(...chain.map((one) => one.validToDate.getTime())) };
  try {
    createSecureContext(secureContext(certificates));
  } catch (error) {
    // Such as a key that is too short for what OpenSSL calls safe.
    return { ok: false, mistakes: [`tls_cert ${files.cert} and tls_key cannot be used: ${messageOf(error)}`] };
  }
  return { ok: true, certificates };
}

/** What a TLS server is given. TLS 1.0 and 1.1 are not spoken, whatever Node was started with (RFC 8996). */
export function secureContext({ cert, key, clientCa }: Certificates): SecureContextOptions {
  return { cert, key, minVersion: 'TLSv1.2', ...(clientCa !== null && { ca: clientCa }) };
}

async function readText(setting: string, file: string, mistakes: string[]): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    mistakes.push(`${setting} cannot be read: ${messageOf(error)}. Name a PEM file that the collector may read`);
    return null;
  }
}

function parseAll(setting: string, file: string, text: string, mistakes: string[]): X509Certificate[] {
  const found = text.match(ONE_CERTIFICATE) ?? [];
  if (found.length === 0)
    mistakes.push(`${setting} ${file} holds no certificate: expected PEM, "-----BEGIN CERTIFICATE-----"`);
  return found.flatMap((pem, index) => {
    try {
      return [new X509Certificate(pem)];
    } catch (error) {
      mistakes.push(`${setting} ${file}: certificate ${index + 1} cannot be read: ${messageOf(error)}`);
      return [];
    }
  });
}

function parseKey(file: string, text: string, mistakes: string[]): KeyObject | null {
  try {
    return createPrivateKey(text);
  } catch (error) {
    // OpenSSL's words name what it could not decode, never the key.
    mistakes.push(
      `tls_key ${file} holds no usable private key: expected PEM without a passphrase (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})`,
    );
    return null;
  }
}

function checkTime(setting: string, file: string, one: X509Certificate, now: number, mistakes: string[]): void {
  const { validFromDate: from, validToDate: to } = one;
  const what = `${setting} ${file}: the certificate of ${nameOf(one)}`;
  if (to.getTime() <= now) mistakes.push(`${what} has expired at ${to.toISOString()}: renew it`);
  if (from.getTime() > now) {
    mistakes.push(`${what} is not valid before ${from.toISOString()}: wait, or look at this machine's clock`);
  }
}

function nameOf({ subject, serialNumber }: X509Certificate): string {
  return subject?.replaceAll('\n', ', ') ?? `serial number ${serialNumber}`;
}
