// One line of SDP, and the attributes that may be at session level and at media level.

import type { Direction, IceCredentials } from '../../bridge/wire.ts';
import { syntaxError } from '../error.ts';
import { SETUPS, type Setup } from './description.ts';

/** One line. `number` counts from 1. */
export interface Line {
  readonly number: number;
  readonly type: string;
  readonly value: string;
}

/** Attributes at session level that hold for all m-lines. */
export interface SessionLevel {
  usernameFragment: string | null;
  password: string | null;
  readonly fingerprints: { algorithm: string; value: string }[];
  setup: Setup | null;
  direction: Direction | null;
}

/** Reads an attribute that may be at either level. False: another attribute. */
export function readShared(line: Line, into: SessionLevel): boolean {
  const { name, value } = attribute(line);
  switch (name) {
    case 'ice-ufrag':
      into.usernameFragment = value;
      return true;
    case 'ice-pwd':
      into.password = value;
      return true;
    case 'fingerprint':
      into.fingerprints.push(readFingerprint(line, value));
      return true;
    case 'setup':
      into.setup = readSetup(line, value);
      return true;
    case 'sendrecv':
    case 'sendonly':
    case 'recvonly':
    case 'inactive':
      into.direction = name;
      return true;
    default:
      return false;
  }
}

/** RFC 4145, section 4. */
function readSetup(line: Line, value: string): Setup {
  const found = SETUPS.find((setup) => setup === value);
  if (found !== undefined) return found;
  throw syntaxError(line.number, 'setup is active, passive, actpass or holdconn');
}

/** RFC 8122, section 5. */
function readFingerprint(line: Line, text: string): { algorithm: string; value: string } {
  const [algorithm, value] = words(text);
  if (algorithm === undefined || !/^([0-9A-Fa-f]{2}:)+[0-9A-Fa-f]{2}$/.test(value ?? '')) {
    throw syntaxError(line.number, 'invalid fingerprint');
  }
  return { algorithm: algorithm.toLowerCase(), value: (value ?? '').toUpperCase() };
}

export function credentials(level: SessionLevel): IceCredentials | null {
  if (level.usernameFragment === null || level.password === null) return null;
  return { usernameFragment: level.usernameFragment, password: level.password };
}

export function attribute(line: Line): { name: string; value: string } {
  const colon = line.value.indexOf(':');
  if (colon < 0) return { name: line.value, value: '' };
  return { name: line.value.slice(0, colon), value: line.value.slice(colon + 1) };
}

export function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}
