// The lobby, and the invites that open it.

import { isolate } from '../../engine/sentence';
import { roomName } from './words';

export const lobby = {
  title: 'Join a room',
  cameraPreview: 'Camera preview',
  devices: 'Devices',
  testConnection: 'Test my connection',
  email: 'Email',
  room: 'Room number',
  join: 'Join room',
  joining: 'Joining…',
  cancel: 'Cancel',
  privateRoom: {
    begin: 'New private room',
    chosen: 'Private room',
    other: 'Another room',
  },
  passcode: {
    label: 'Passcode',
    hint: 'The first one in the room decides it. Spaces, hyphens and capitals do not matter.',
    add: 'Add a passcode',
    show: 'Show passcode',
    suggest: 'Suggest words',
    remove: 'No passcode',
    /** A room with a passcode that a link leads to. */
    chosen: (room: string): string => `Room ${isolate(room)}, with a passcode`,
    missing: 'Enter the passcode that you agreed on.',
  },
  recentRooms: 'Recent rooms',
  onThisComputer: 'On this computer',
  onServer: (address: string): string => `On ${address}`,
  problems: {
    noEmail: 'Enter your email; the others in the room see it.',
    badEmail: 'This is no email. Enter one like ana@example.org.',
    longEmail: 'This email is too long. Enter a shorter one.',
    noRoom: 'Enter the room number you agreed on, or paste an invite link.',
    noAddress: 'Enter the server’s address, for example calls.example.org.',
    badAddress: 'An address has no spaces. Enter one like calls.example.org.',
    linkNotRead: 'The link could not be read. Try again.',
  },
  invite: {
    unreadable: (message: string): string =>
      `You opened an invite that leads into no room. ${message}`,
    opened: (room: string): string => `You opened an invite to ${roomName(room)}.`,
    leave: (room: string): string => `Leave ${roomName(room)}`,
    stay: 'Stay',
  },
} as const;
