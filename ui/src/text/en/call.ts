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
  layout: {
    label: 'Layout',
    choices: { automatic: 'Automatic', grid: 'Grid', speaker: 'Speaker' },
    now: {
      automatic: 'Layout: Automatic.',
      grid: 'Layout: Grid.',
      speaker: 'Layout: Speaker.',
    },
    showSelf: 'Show me',
    selfChoices: { grid: 'In the grid', corner: 'In the corner', hidden: 'Hidden' },
  },
  fullScreen: { enter: 'Full screen', exit: 'Exit full screen' },
  pictureInPicture: { enter: 'Picture in picture', exit: 'Exit picture in picture' },
  more: 'More',
  shortcuts: 'Keyboard shortcuts',
  chooseMicrophone: 'Choose microphone',
  chooseCamera: 'Choose camera',
  tile: {
    options: (name: string): string => `Options for ${isolate(name)}`,
    pin: 'Pin',
    unpin: 'Unpin',
    pinned: 'Pinned',
    volume: 'Volume',
    percent: (volume: number): string => `${volume} %`,
    muteForMe: 'Mute for me',
    mutedForYou: 'Muted for you',
    fitWholePicture: 'Fit whole picture',
    connectionDetails: 'Connection details',
    weakConnection: 'Weak connection',
  },
  pages: {
    previous: 'Previous page',
    next: 'Next page',
    of: (page: number, pages: number): string => `${page}/${pages}`,
    more: (count: number): string => `+${count}`,
    showMore: (count: number): string => (count === 1 ? 'Show 1 more' : `Show ${count} more`),
  },
  panels: {
    people: {
      title: 'People',
      close: 'Close people',
      region: (room: string): string => `People in room ${room}`,
    },
    connections: {
      title: 'Connection details',
      close: 'Close connection details',
      region: (): string => 'Connection details',
    },
  },
  nobodyElse: (room: string): string => `Nobody else is in room ${isolate(room)}.`,
} as const;
