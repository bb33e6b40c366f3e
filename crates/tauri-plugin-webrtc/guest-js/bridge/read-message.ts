// Reads a message to the worker. Any script of the page can post one.
//
// Invariant: a message that is returned has all members of its type, each of its own type.

import type { ToWorker } from './message.ts';

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isObject: Check = (value) => typeof value === 'object' && value !== null;
const isNumber: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isBytes: Check = (value) => value instanceof Uint8Array;
const isChannelCount: Check = (value) => value === 1 || value === 2;
/** Engines whose tracks stay in the page have no such class in a worker. */
const isTrack: Check = (value) =>
  typeof MediaStreamTrack === 'undefined' ? isObject(value) : value instanceof MediaStreamTrack;
const isAudioChannel: Check = (value) =>
  value instanceof MessagePort ||
  (typeof SharedArrayBuffer === 'function' && value instanceof SharedArrayBuffer);

function isOneOf(...values: readonly string[]): Check {
  return (value) => typeof value === 'string' && values.includes(value);
}

const isRequest: Check = (value) => isObject(value) && isText(memberOf(value, 'type'));
const isSink: Check = (value) =>
  isObject(value) &&
  (memberOf(value, 'to') === 'page' ||
    (memberOf(value, 'to') === 'pooled-track' && isNumber(memberOf(value, 'id'))));

/** The members beside `type` and `epoch`. */
const MEMBERS: Readonly<Record<ToWorker['type'], Readonly<Record<string, Check>>>> = {
  begin: {},
  open: { address: isText, token: isText },
  abandon: {},
  request: { id: isNumber, kind: isRequest },
  channel: { connection: isNumber, channel: isNumber, binary: isFlag, bytes: isBytes },
  'capture-video': {
    source: isNumber,
    track: isTrack,
    origin: isOneOf('canvas', 'device'),
    content: isOneOf('frames', 'black'),
  },
  'set-content': { source: isNumber, content: isOneOf('frames', 'black') },
  'capture-audio': { source: isNumber, channels: isChannelCount, audioChannel: isAudioChannel },
  'end-source': { source: isNumber },
  'receive-video': { receiver: isNumber, sink: isSink },
  'receive-audio': { receiver: isNumber, audioChannel: isAudioChannel },
  'end-receiver': { receiver: isNumber },
  'show-capture': { capture: isNumber, track: isNumber },
  'end-capture': { capture: isNumber },
  count: { serial: isNumber },
};

const TABLE = new Map<string, Readonly<Record<string, Check>>>(Object.entries(MEMBERS));

/** Null: unknown or malformed, or an object that throws when it is read. */
export function readMessage(value: unknown): ToWorker | null {
  try {
    return readPlain(value);
  } catch {
    return null;
  }
}

function readPlain(value: unknown): ToWorker | null {
  const type = memberOf(value, 'type');
  const members = typeof type === 'string' ? TABLE.get(type) : undefined;
  if (members === undefined || !isNumber(memberOf(value, 'epoch'))) return null;
  const isWhole = Object.entries(members).every(([name, check]) => check(memberOf(value, name)));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every member was checked
  return isWhole ? (value as ToWorker) : null;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}
