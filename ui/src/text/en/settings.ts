// The settings and the list of shortcuts.

import { isolate } from '../../engine/sentence';

export const settings = {
  subjects: 'Subjects',
  tabs: {
    devices: 'Devices',
    sounds: 'Sounds',
    files: 'Files',
    appearance: 'Appearance',
    privacy: 'Privacy',
    relay: 'Relay',
    shortcuts: 'Shortcuts',
  },
  appearance: 'Appearance',
  appearances: { system: 'System', light: 'Light', dark: 'Dark' },
  ring: 'Ring',
  ringHint: 'Play a tone while somebody calls',
  sounds: 'Sounds',
  soundsHint:
    'Play a short sound when people join, leave or raise a hand, and when a call connects or ends',
  saveData: 'Save data',
  saveDataHint: 'Send and get small pictures, and voices with less data, in every call',
  audioOnly: 'Audio only for me',
  audioOnlyHint: 'Send and get no pictures in this call',
  shareAudio: 'Share the audio of this computer',
  shareAudioHint:
    'With your screen, from the next share on: what your other programs play. The voices of a call are left out.',
  chatSounds: 'Chat sounds',
  chatSoundsHint: 'Play a short sound when a message comes while the chat is closed',
  chatNotices: 'Chat announcements',
  chatNoticesHint:
    'Show messages that come while the chat is closed, and have screen readers read new messages',
  address: {
    title: 'Your network address in calls',
    choices: {
      shown: 'Show it',
      answered: 'Only after an answer',
      relayed: 'Hide it',
    },
    hints: {
      shown: 'Calls take the shortest path. Everybody who is rung learns your address.',
      answered:
        'Nobody learns it from a ring alone. Those in a call with you do. Connecting takes a moment longer.',
      relayed:
        'Pictures and voices go by the relay’s TURN server only, which may be slower. Where it has none, you cannot call. The relay itself sees your address.',
    },
  },
  singleKeys: 'Single-key shortcuts',
  singleKeysHint: 'Switch them off if keys are pressed by accident or by dictation',
  fromNextRoom: 'This holds from the next room you join.',
  shortcuts: {
    microphone: 'Mute or unmute the microphone',
    camera: 'Turn the camera on or off',
    talk: 'Talk while it is held, when muted',
    share: 'Share your screen, or stop',
    hand: 'Raise or lower your hand',
    reactions: 'Send one of the six reactions',
    leave: 'Leave the call',
    chat: 'Show or hide the chat',
    people: 'Show or hide the people',
    connections: 'Show or hide the connection details',
    layout: 'Change the layout',
    pin: 'Pin or unpin a person, in the order of the list',
    fullScreen: 'Full screen, and back',
    regions: 'Go to the next part of the window',
    move: 'Move your picture, when it has the focus',
    shortcuts: 'Show these shortcuts',
  },
  privacy: {
    known: 'People you know',
    knownHint: 'Snug sees in a room whether they are the same people as before.',
    nobody: 'Nobody yet. People you meet in rooms appear here.',
    forgetThis: 'Forget',
    forget: (name: string): string => `Forget ${isolate(name)}`,
    forgotten: (name: string): string => `${isolate(name)} is forgotten.`,
    identity: 'Your identity',
    identityHint:
      'It shows the others in a room that you are the same person as before, whatever name you use.',
    renew: 'Make me a new identity',
    renewAgain: 'Press again to make it',
    renewHint: 'All who know you will be warned that you have changed.',
    renewed: 'You have a new identity. It holds from the next room you join.',
    notRenewed: 'You still have the same identity: the new one could not be stored.',
  },
  spaceKey: 'Space',
} as const;
