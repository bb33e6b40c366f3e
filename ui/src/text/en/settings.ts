// The settings and the list of shortcuts.

export const settings = {
  subjects: 'Subjects',
  tabs: {
    devices: 'Devices',
    sounds: 'Sounds',
    appearance: 'Appearance',
    relay: 'Relay',
    shortcuts: 'Shortcuts',
  },
  appearance: 'Appearance',
  appearances: { system: 'System', light: 'Light', dark: 'Dark' },
  ring: 'Ring',
  ringHint: 'Play a tone while somebody calls',
  sounds: 'Sounds',
  soundsHint: 'Play a short sound when people join and leave, and when a call connects or ends',
  singleKeys: 'Single-key shortcuts',
  singleKeysHint: 'Switch them off if keys are pressed by accident or by dictation',
  fromNextRoom: 'This holds from the next room you join.',
  shortcuts: {
    microphone: 'Mute or unmute the microphone',
    camera: 'Turn the camera on or off',
    talk: 'Talk while it is held, when muted',
    leave: 'Leave the call',
    move: 'Move your picture, when it has the focus',
    shortcuts: 'Show these shortcuts',
  },
  spaceKey: 'Space',
} as const;
