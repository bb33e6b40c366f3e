// `RTCCertificate` (W3C webrtc-pc, 4.9): an object without a key. The transport creates its own
// certificate for each connection and does not use this one.

const LIFETIME_MS = 30 * 24 * 3600 * 1000;

export class Certificate {
  readonly expires: number;

  constructor(expires?: number) {
    if (expires === undefined) throw new TypeError('Illegal constructor');
    this.expires = expires;
  }

  getFingerprints(): RTCDtlsFingerprint[] {
    return [];
  }
}

export async function generateCertificate(algorithm: AlgorithmIdentifier): Promise<RTCCertificate> {
  const parameters = typeof algorithm === 'string' ? { name: algorithm } : algorithm;
  const name = String(parameters?.name).toUpperCase();
  const curve = 'namedCurve' in parameters ? String(parameters.namedCurve) : null;
  const isKnown = (name === 'ECDSA' && curve === 'P-256') || name === 'RSASSA-PKCS1-V1_5';
  if (!isKnown)
    throw new DOMException(`${name} is not supported for certificates.`, 'NotSupportedError');
  return new Certificate(Date.now() + LIFETIME_MS);
}
