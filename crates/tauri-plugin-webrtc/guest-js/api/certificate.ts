// `RTCCertificate` (W3C webrtc-pc, 4.9): a promise only. The transport makes its own certificate
// for each connection, so what is made here identifies nobody.

const LIFETIME = 30 * 24 * 3600 * 1000;

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
  const wish = typeof algorithm === 'string' ? { name: algorithm } : algorithm;
  const name = String(wish?.name).toUpperCase();
  const curve = 'namedCurve' in wish ? String(wish.namedCurve) : null;
  const isKnown = (name === 'ECDSA' && curve === 'P-256') || name === 'RSASSA-PKCS1-V1_5';
  if (!isKnown) throw new DOMException(`No certificates by ${name}.`, 'NotSupportedError');
  return new Certificate(Date.now() + LIFETIME);
}
