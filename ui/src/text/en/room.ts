// The room outside a call: people, call button, invite link.

import { nameList, roomName, roomTitle } from './words';

export const room = {
  title: (name: string): string => roomTitle(name),
  alone: (name: string): string =>
    `You are alone in ${roomName(name)}. Send the invite link to the people you want to meet.`,
  aloneByPasscode:
    'You are alone in the private room. Send the invite link to the people you want to meet, and tell them the passcode.',
  sealed: {
    window:
      'Only those who have the link can come in. The relay sees no names, emails or messages, and cannot listen in as long as all of them use the app.',
    browser:
      'Only those who have the link can come in. The relay sees no names, emails or messages. This page itself comes from the relay: if you do not trust that, use the app.',
  },
  entry: {
    lock: 'Lock room',
    hints: {
      open: 'Everybody who has the link comes in.',
      locked: 'Who has the link asks, and anybody inside lets them in.',
    },
    hintsByPasscode: {
      open: 'Everybody who knows the passcode comes in.',
      locked: 'Who knows the passcode asks, and anybody inside lets them in.',
    },
    unseen:
      'You cannot see everybody in this room: it was locked while you were away. Leave, then join again to ask to come in.',
    waiting: 'Waiting to join',
    letIn: (name: string): string => `Let in ${name}`,
    turnAway: (name: string): string => `Turn ${name} away`,
    remove: (name: string): string => `Remove ${name}`,
    reallyRemove: (name: string): string => `Really remove ${name}, and lock the room`,
    removeNow: 'Remove',
    outside: 'This room is locked. Those inside see that you ask to come in. Wait here, or leave.',
  },
  byPasscode: {
    window:
      'Only those who know the passcode can come in. The relay sees no names, emails or messages, and cannot listen in as long as all of them use the app.',
    browser:
      'Only those who know the passcode can come in. The relay sees no names, emails or messages. This page itself comes from the relay: if you do not trust that, use the app.',
    passcode: 'Passcode: ',
    show: 'Show passcode',
    hide: 'Hide passcode',
  },
  door: {
    guesses: (count: number): string =>
      count === 1 ? '1 wrong passcode was tried.' : `${count} wrong passcodes were tried.`,
    newcomersWait: 'Newcomers wait for a minute, as too many were wrong.',
    strangers: (count: number): string =>
      count === 1
        ? 'Somebody else is at this room’s place on the relay, with another passcode.'
        : `${count} others are at this room’s place on the relay, with other passcodes.`,
  },
  people: 'People',
  you: 'You',
  call: 'Call',
  callMember: (name: string): string => `Call ${name}`,
  voiceCall: 'Call without camera',
  leave: 'Leave room',
  runningCall: (names: readonly string[]): string =>
    `${nameList(names)} ${names.length === 1 ? 'is' : 'are'} in a call. Press Call to join it.`,
  noCallsHere:
    'The web engine of this system lacks WebRTC, so this window cannot hold calls. Open the ' +
    'invite link in a browser to call from there.',
  address: {
    hide: 'Hide my address',
    hideHint: 'Calls in this room go by the relay’s TURN server only',
    noTurn:
      'Your network address is to stay hidden, and this relay has no TURN server, so you cannot call here.',
    show: 'Show my address in this room',
  },
  nobodyCanBeCalled:
    'Nobody here can be called: their windows lack WebRTC. Send them the invite link to open in a ' +
    'browser.',
  tags: {
    blocked: 'Blocked by you',
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
    showCode: 'QR code',
    code: 'QR code of the invite link',
    copied: 'Copied. Paste it into a message.',
    refused: 'Copying was not allowed. Select the link and copy it.',
  },
} as const;
