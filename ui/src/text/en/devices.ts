// Camera, microphone and speaker.

import type { CaptureProblem } from '../../engine/state';
import type { HostPort } from '../../ports';

type Captured = 'camera' | 'microphone';

export const devices = {
  kinds: { camera: 'Camera', microphone: 'Microphone', speaker: 'Speaker' },
  systemDefault: 'System default',
  defaultOf: (label: string): string => `${label} (system default)`,
  notConnected: (label: string): string => `${label} (not connected)`,
  numbered: (name: string, number: number): string => `${name} ${number}`,
  yourCamera: 'Your camera',
  cameraIsOff: 'Your camera is off.',
  cameraStarts: 'Starting your camera…',
  tryAgain: 'Try again',
  tryAgainWith: (kind: Captured): string => `Try again: ${kind}`,
  toggle: {
    microphone: { on: 'Mute microphone', off: 'Unmute microphone' },
    camera: { on: 'Turn camera off', off: 'Turn camera on' },
  },
  problem: captureProblem,
} as const;

/** Why a device delivers nothing, and what to do. */
function captureProblem(kind: Captured, problem: CaptureProblem, host: HostPort['kind']): string {
  switch (problem) {
    case 'none':
      return `No ${kind} was found. Connect one, or go on without it.`;
    case 'denied':
      return host === 'browser'
        ? `This page may not use the ${kind}. Allow it in the browser’s address bar, then try again.`
        : `Snug may not use the ${kind}. Allow it in the system’s privacy settings, then try again.`;
    case 'busy':
      return `The ${kind} does not answer. Close other programs that use it, then try again.`;
    case 'vanished':
      return `The ${kind} was unplugged. Plug it in again, or choose another.`;
    case 'insecure':
      return `Browsers give the ${kind} to https pages only. Open this room by its https address.`;
  }
}
