// Screen sharing: the own screen, and those of others.

import { isolate } from '../../engine/sentence';
import { possessive } from './words';

export const share = {
  toggle: { on: 'Stop sharing', off: 'Share screen' },
  sharing: { off: 'You are sharing your screen', on: 'You are sharing your screen with audio' },
  paused: 'Sharing is paused: the others see the last picture.',
  pause: 'Pause sharing',
  resume: 'Resume sharing',
  stop: 'Stop',
  change: 'Change screen',
  part: 'Share a part',
  changePart: 'Change part',
  askPart: 'Share part of a screen',
  region: {
    title: 'Part to share',
    frame: 'Frame of the part',
    help: 'Drag a frame, or move it by arrow keys; with Shift they change its size.',
    /** In pixels. */
    edges: { x: 'Left', y: 'Top', width: 'Width', height: 'Height' },
    all: 'Share all of it',
    share: 'Share this part',
  },
  kind: 'What you share',
  kinds: { automatic: 'Automatic', text: 'Text', motion: 'Video' },
  own: 'Your screen',
  pick: 'Share your screen',
  pickFrom: 'Screens and windows',
  start: 'Share',
  withAudio: 'Share the audio of this computer',
  withAudioHint: 'What your other programs play. The voices of this call are left out.',
  noSoundServer:
    'The audio of this computer cannot be shared: no sound server answers. Start PipeWire or PulseAudio.',
  cancel: 'Cancel',
  systemAsks: 'Your system asks what to share, in a window of its own.',
  /** `title` is what other programs call it. */
  source: {
    screen: (title: string, size: string): string => `Whole screen ${isolate(title)}, ${size}`,
    window: (title: string, size: string): string => `${isolate(title)}, ${size}`,
  },
  /** The name of the picture. */
  screenOf: (email: string): string => `${email}'s screen`,
  caption: (name: string): string => `${possessive(name)} screen`,
  waiting: (name: string): string => `${possessive(name)} screen is on its way…`,
  isPaused: 'Paused',
  audio: (name: string): string => `Audio of ${possessive(name)} screen`,
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  screens: 'Shared screens',
  tab: (name: string): string => isolate(name),
  zoomHelp: 'Plus and minus zoom, arrow keys move the picture.',
  point: 'Point',
  draw: 'Draw',
  pointHelp: 'Arrow keys move your pointer, Escape ends pointing.',
  drawHelp: 'Arrow keys move your pen, with Shift they draw. Escape ends drawing.',
  /** Beside the own mark. */
  you: 'You',
} as const;
