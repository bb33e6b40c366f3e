// How a person is known: at first sight, compared, or in doubt.

import { isolate } from '../../engine/sentence';
import { possessive } from './words';

const SO =
  'It may be a new device, or somebody else who uses this name. Ask for what only the right person knows, or compare the pictures in a call.';

export const standing = {
  verify: 'Verify call',
  code: 'Verification code',
  checkNow: 'Check',
  notTheOnes: (people: number): string =>
    people === 1
      ? 'Careful: one person here may not be the one you know.'
      : `Careful: ${people} people here may not be the ones you know.`,
  compared: (day: string): string => `Compared ${day}`,
  comparedBefore: 'Compared: ',
  firstSeen: (day: string): string => `First seen ${day}`,
  renamed: (email: string, day: string): string => `Compared ${day} as ${isolate(email)}`,
  unknown: 'Not compared',
  doubtful: 'Careful: not the one you know',
  doubtfulBefore: 'Careful, not the one you know: ',
  today: 'today',
  on: (day: string): string => `on ${day}`,
  changed: (name: string, before: 'seen' | 'compared'): string =>
    `${possessive(name)} identity is another one than ${before === 'compared' ? 'the one you compared' : 'before'}. ${SO}`,
  missing: (name: string, before: 'seen' | 'compared'): string =>
    `${isolate(name)} shows no identity, and had one ${before === 'compared' ? 'when you compared' : 'before'}. ${SO}`,
  isFalse: (name: string): string =>
    `${isolate(name)} shows an identity that belongs to somebody else. Say nothing that only ${isolate(name)} may hear.`,
} as const;
