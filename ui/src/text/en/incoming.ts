// The dialog of a ringing call.

import { isolate } from '../../engine/sentence';
import { roomTitle } from './words';

export const incoming = {
  title: 'Incoming call',
  /** `others` more people ring too. */
  room: (room: string, others: number): string =>
    `${roomTitle(room)}${others > 0 ? ` · ${others} more ${others === 1 ? 'rings' : 'ring'}` : ''}`,
  asksToComeIn: (name: string): string =>
    `Asks to come into this call from a new connection. If ${isolate(name)} is in the call ` +
    'already, it may be somebody else.',
  accept: 'Accept',
  acceptWithoutCamera: 'Accept without camera',
  decline: 'Decline',
  muteRing: 'Mute the ring',
  unmuteRing: 'Unmute the ring',
} as const;
