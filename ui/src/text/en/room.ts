// The room outside a call: people, call button, invite link.

import { isolate } from '../../engine/sentence';

export const room = {
  title: (name: string): string => `Room ${isolate(name)}`,
  alone: (name: string): string =>
    `You are alone in room ${isolate(name)}. Send the invite link to whom you want to meet.`,
  people: 'People',
  call: 'Call',
  callMember: (name: string): string => `Call ${name}`,
  voiceCall: 'Call without camera',
  leave: 'Leave room',
  /** `names` is a list of `count` names. */
  runningCall: (names: string, count: number): string =>
    `${names} ${count === 1 ? 'is' : 'are'} in a call. Press Call to join it.`,
  noCallsHere:
    'The web engine of this system lacks WebRTC, so this window cannot hold calls. Open the ' +
    'invite link in a browser to call from there.',
  nobodyCanBeCalled:
    'Nobody here can be called: their windows lack WebRTC. Send them the invite link to open in a ' +
    'browser.',
  tags: {
    lost: 'Connection lost',
    cannotBeCalled: 'Cannot be called',
    inCall: 'In a call',
    notInCall: 'Not in the call',
    inOtherCall: 'In another call',
  },
  muted: 'Muted',
  cameraOff: 'Camera off',
  invite: {
    link: 'Invite link',
    copy: 'Copy invite',
    copied: 'Copied. Paste it into a message.',
    refused: 'Copying was not allowed. Select the link and copy it.',
  },
} as const;
