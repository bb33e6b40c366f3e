// `RTCCertificate` (W3C webrtc-pc, 4.9): a certificate of the transport, which has the key. Several
// connections may use it.

import type { Fingerprint } from '../bridge/wire.ts';
import { nextCertificateId, ports } from './environment.ts';
import { illegalConstructor } from './error.ts';
import { CONSTRUCTOR_KEY } from './transports.ts';
import { ifGiven, required, toDictionary, toEnforced, toText } from './web-idl.ts';

const DAY_MS = 24 * 3600 * 1000;
const LIFETIME_MS = 30 * DAY_MS;
/** W3C webrtc-pc, 4.10.1. */
const MAX_LIFETIME_MS = 365 * DAY_MS;

/** How the transport knows it. */
export interface TransportCertificate {
  readonly id: number;
  readonly fingerprint: Fingerprint;
}

const known = new WeakMap<object, TransportCertificate>();

export class Certificate {
  readonly #expires: number;
  readonly #fingerprint: Fingerprint;

  constructor(key?: symbol, certificate?: TransportCertificate, expires = 0) {
    if (key !== CONSTRUCTOR_KEY || certificate === undefined) throw illegalConstructor();
    this.#expires = expires;
    this.#fingerprint = certificate.fingerprint;
    known.set(this, certificate);
  }

  get expires(): number {
    return this.#expires;
  }

  /** With lower-case digits (W3C webrtc-pc, 5.5.2). */
  getFingerprints(): RTCDtlsFingerprint[] {
    const { algorithm, value } = this.#fingerprint;
    return [{ algorithm, value: value.toLowerCase() }];
  }
}

/** The first certificate of a configuration is used. Null: the connection makes its own. */
export function firstCertificate(
  certificates: readonly RTCCertificate[],
): TransportCertificate | null {
  const [first] = certificates;
  return first === undefined ? null : (known.get(first) ?? null);
}

export async function generateCertificate(algorithm: unknown): Promise<Certificate> {
  const given =
    typeof algorithm === 'string'
      ? { name: algorithm }
      : toDictionary(algorithm, 'The algorithm of a certificate');
  const lifetime = ifGiven(given['expires'], (value) =>
    toEnforced(value, Number.MAX_SAFE_INTEGER, 'expires'),
  );
  const name = required(given, 'name', toText).toUpperCase();
  const isKnown =
    (name === 'ECDSA' && ifGiven(given['namedCurve'], toText) === 'P-256') ||
    name === 'RSASSA-PKCS1-V1_5';
  if (!isKnown) {
    throw new DOMException(`${name} is not supported for certificates.`, 'NotSupportedError');
  }
  const expires = Date.now() + Math.min(lifetime ?? LIFETIME_MS, MAX_LIFETIME_MS);
  const id = nextCertificateId();
  const reply = await ports().bridge.request({ type: 'generate-certificate', certificate: id });
  if (reply.is !== 'certificate') {
    throw new DOMException('The transport made no certificate. Try again.', 'OperationError');
  }
  return new Certificate(CONSTRUCTOR_KEY, { id, fingerprint: reply.fingerprint }, expires);
}
