// The long-lived identity in a browser: a key that no script can read, in IndexedDB, and what is
// known of others beside it.
//
// Invariant: changes are single transactions, so several tabs lose nothing of each other.

import { bytesToHex } from '@noble/hashes/utils.js';

import { identityMessage } from '../../engine/identity/message';
import { keptPin, pinnedAs } from '../../engine/identity/pins';
import type { Pin } from '../../engine/identity/state';
import { isRecord } from '../../engine/json';
import { isHash } from '../../engine/wire/talk/verification';
import type { IdentityPort } from '../../ports';

const DATABASE = 'snug-identity';
const KEYS = 'keys';
const PINS = 'pins';
const OWN = 'own';

export function browserIdentity(): IdentityPort {
  let opened: Promise<IDBDatabase> | null = null;
  const database = (): Promise<IDBDatabase> => (opened ??= open());

  return {
    async sign(room, session) {
      const pair = await ownPair(await database());
      const message = identityMessage(room, session);
      const [key, signature] = await Promise.all([
        crypto.subtle.exportKey('raw', pair.publicKey),
        crypto.subtle.sign('Ed25519', pair.privateKey, message),
      ]);
      return { key: hex(key), signature: hex(signature) };
    },
    async pins() {
      const pins = (await database()).transaction(PINS).objectStore(PINS);
      return readPins(await result(pins.getAll()));
    },
    async keep(pin) {
      const transaction = (await database()).transaction(PINS, 'readwrite');
      const pins = transaction.objectStore(PINS);
      const ofEmail = pins.getAll(keysOf(pin.email));
      ofEmail.addEventListener('success', () => {
        const kept = keptPin(readPins(ofEmail.result), pin);
        if (kept !== null) pins.put(kept);
      });
      return done(transaction);
    },
    async block(key, blocked) {
      const transaction = (await database()).transaction(PINS, 'readwrite');
      const pins = transaction.objectStore(PINS);
      const all = pins.getAll();
      all.addEventListener('success', () => {
        for (const pin of readPins(all.result)) if (pin.key === key) pins.put({ ...pin, blocked });
      });
      return done(transaction);
    },
    async forget(email) {
      const transaction = (await database()).transaction(PINS, 'readwrite');
      transaction.objectStore(PINS).delete(keysOf(pinnedAs(email)));
      return done(transaction);
    },
    async renew() {
      const pair = await newPair();
      const transaction = (await database()).transaction(KEYS, 'readwrite');
      transaction.objectStore(KEYS).put(pair, OWN);
      return done(transaction);
    },
  };
}

/** The pins of one email lie between these two: a key is text. */
function keysOf(email: string): IDBKeyRange {
  return IDBKeyRange.bound([email], [email, []]);
}

function readPins(values: readonly unknown[]): readonly Pin[] {
  return values.flatMap((value) => readPin(value) ?? []);
}

/** Null if it is none. */
function readPin(value: unknown): Pin | null {
  if (!isRecord(value)) return null;
  const { email, key, firstSeen, compared, blocked } = value;
  if (typeof email !== 'string' || !isHash(key) || typeof firstSeen !== 'number') return null;
  if (compared !== null && typeof compared !== 'number') return null;
  return { email, key, firstSeen, compared, blocked: blocked === true };
}

async function ownPair(database: IDBDatabase): Promise<CryptoKeyPair> {
  const kept = await result<unknown>(database.transaction(KEYS).objectStore(KEYS).get(OWN));
  if (isPair(kept)) return kept;
  const made = await newPair();
  const transaction = database.transaction(KEYS, 'readwrite');
  const keys = transaction.objectStore(KEYS);
  // Another tab may have been faster.
  const meanwhile = keys.get(OWN);
  meanwhile.addEventListener('success', () => {
    if (!isPair(meanwhile.result)) keys.put(made, OWN);
  });
  await done(transaction);
  return isPair(meanwhile.result) ? meanwhile.result : made;
}

async function newPair(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
}

function isPair(value: unknown): value is CryptoKeyPair {
  if (!isRecord(value)) return false;
  const { privateKey, publicKey } = value;
  return privateKey instanceof CryptoKey && publicKey instanceof CryptoKey;
}

async function open(): Promise<IDBDatabase> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.addEventListener('upgradeneeded', () => {
    opening.result.createObjectStore(KEYS);
    opening.result.createObjectStore(PINS, { keyPath: ['email', 'key'] });
  });
  return result(opening);
}

async function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(failure(request.error)));
  });
}

/** On the disk. */
async function done(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve());
    transaction.addEventListener('abort', () => reject(failure(transaction.error)));
  });
}

function failure(error: DOMException | null): Error {
  return error ?? new Error('The storage of this browser failed.');
}

function hex(bytes: ArrayBuffer): string {
  return bytesToHex(new Uint8Array(bytes));
}
