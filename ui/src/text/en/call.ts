// A call: its status, its people, its controls.

import { isolate } from '../../engine/sentence';
import { possessive } from './words';

export const call = {
  title: 'Call',
  controls: 'Call controls',
  people: 'People',
  settings: 'Settings',
  leave: 'Leave call',
  pressAgainToLeave: 'Press L again to leave the call.',
  room: (room: string): string => `Room ${isolate(room)}`,
  status: {
    label: 'Call status',
    starting: 'Starting…',
    nobody: 'Nobody else is in the call',
    /** `names` is a list with isolates. */
    calling: (names: string): string => `Calling ${names}…`,
    connecting: (names: string): string => `Connecting to ${names}…`,
    reconnecting: (names: string): string => `Reconnecting to ${names}…`,
    connected: 'Connected',
    weakOne: (name: string): string => `${possessive(name)} connection is weak`,
    weak: (names: string): string => `The connections to ${names} are weak`,
  },
  muted: 'Muted',
  mutedBefore: 'Muted: ',
  you: 'You',
  phases: { calling: 'Calling…', connecting: 'Connecting…', reconnecting: 'Reconnecting…' },
  soundIsOff: 'Sound is off until you allow it.',
  turnOnSound: 'Turn on sound',
  movePicture: 'Move your picture',
  corner: {
    'top-left': 'It is at the top left. Arrow keys move it.',
    'top-right': 'It is at the top right. Arrow keys move it.',
    'bottom-left': 'It is at the bottom left. Arrow keys move it.',
    'bottom-right': 'It is at the bottom right. Arrow keys move it.',
  },
  panel: {
    peopleInRoom: (room: string): string => `People in room ${room}`,
    closePeople: 'Close people',
    nobodyElse: (room: string): string => `Nobody else is in room ${isolate(room)}.`,
  },
} as const;
