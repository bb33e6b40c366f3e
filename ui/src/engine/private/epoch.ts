// An epoch of a private room: who is inside has its secret. Each change of who may come in begins a new
// one.
//
// Invariant: of two epochs one stands over the other, the same for everybody, so all end in one.

import type { Entry } from '../entry/events';
import type { SessionId } from '../ids';
import { isRecord, readJson } from '../json';
import { readBase64url, writeBase64url, type Bytes } from './bytes';
import { derive } from './link-secret';
import type { PrivateRoomKeys, RoomKeys } from './room-keys';

export interface Epoch {
  /** From 1. Before the first one a room has the link's secret alone. */
  readonly number: number;
  /** Whose it is. */
  readonly maker: SessionId;
  readonly entry: Entry;
  readonly secret: Bytes;
  /** Who gets no secret from anybody: those that were removed, the newest last. */
  readonly removed: readonly SessionId[];
}

export const EPOCH_SECRET_BYTES = 32;
const MAX_REMOVED = 64;
const MAX_INSIDERS = 64;
const MAX_NUMBER = 1_000_000;
const SESSION = /^[0-9a-f]{64}$/u;

/** Null if there were too many. */
export function nextEpoch(
  before: Epoch | null,
  { maker, entry, secret }: Pick<Epoch, 'maker' | 'entry' | 'secret'>,
  removed: readonly SessionId[],
): Epoch | null {
  const number = (before?.number ?? 0) + 1;
  if (number > MAX_NUMBER) return null;
  const all = [...(before?.removed ?? []), ...removed].slice(-MAX_REMOVED);
  return { number, maker, entry, secret, removed: all };
}

/** By number, then by the maker. */
export function standsOver(epoch: Epoch, other: Epoch | null): boolean {
  if (other === null || epoch.number !== other.number) return epoch.number > (other?.number ?? 0);
  return epoch.maker > other.maker;
}

/** An epoch with the keys for its statuses; null: before the first one, with the keys of the room. */
export interface EpochKeys {
  readonly epoch: Epoch | null;
  readonly keys: RoomKeys;
}

export function keysIn(keys: PrivateRoomKeys, epoch: Epoch): EpochKeys {
  const status = derive(epoch.secret, 'epoch status', 32);
  return { epoch, keys: { ...keys, status } };
}

export function writeEpoch({ number, maker, entry, secret, removed }: Epoch): string {
  return JSON.stringify({ number, maker, entry, secret: writeBase64url(secret), removed });
}

/** Null if it cannot be read. */
export function readEpoch(text: string): Epoch | null {
  const value = readJson(text);
  if (!isRecord(value)) return null;
  const { number, maker, entry, removed } = value;
  const secret = typeof value['secret'] === 'string' ? readBase64url(value['secret']) : null;
  if (typeof number !== 'number' || !Number.isInteger(number)) return null;
  if (number < 1 || number > MAX_NUMBER || !isSession(maker)) return null;
  if (entry !== 'open' && entry !== 'locked') return null;
  if (secret?.length !== EPOCH_SECRET_BYTES) return null;
  if (!Array.isArray(removed) || removed.length > MAX_REMOVED) return null;
  return removed.every(isSession) ? { number, maker, entry, secret, removed } : null;
}

function isSession(value: unknown): value is SessionId {
  return typeof value === 'string' && SESSION.test(value);
}

/** What a reload keeps: the epoch, and who was inside. */
export interface Kept {
  readonly epoch: Epoch;
  readonly insiders: readonly SessionId[];
}

export function writeKept({ epoch, insiders }: Kept): string {
  return JSON.stringify({ epoch: writeEpoch(epoch), insiders: insiders.slice(-MAX_INSIDERS) });
}

/** Null if it cannot be read. */
export function readKept(text: string): Kept | null {
  const value = readJson(text);
  if (!isRecord(value) || typeof value['epoch'] !== 'string') return null;
  const { insiders } = value;
  const epoch = readEpoch(value['epoch']);
  if (epoch === null || !Array.isArray(insiders) || !insiders.every(isSession)) return null;
  return { epoch, insiders };
}
