// SHA-256 as 64 hexadecimal digits.

export type Hash = string;

export const HASH_BYTES = 32;
const HASH = /^[0-9a-f]{64}$/;

export function readHash(value: unknown): Hash | null {
  return typeof value === 'string' && HASH.test(value) ? value : null;
}

export function hashOf(bytes: Uint8Array): Hash {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function bytesOf(hash: Hash): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: HASH_BYTES }, (_, index) =>
    Number.parseInt(hash.slice(2 * index, 2 * index + 2), 16),
  );
}
