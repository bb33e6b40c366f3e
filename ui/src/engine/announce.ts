// The words that are said aloud: one short sentence for each thing that happens to a call.

import type { CallEnd } from './state';

export const words = {
  joined: (email: string): string => `${email} is here.`,
  left: (email: string): string => `${email} has left the room.`,
  lost: (email: string): string => `${email} has lost the connection to the room.`,
  ringing: (email: string): string => `${email} is calling.`,
  calling: (emails: readonly string[]): string => `Calling ${listed(emails)}.`,
  connected: (email: string): string => `Connected to ${email}.`,
  reconnecting: (email: string): string => `The connection to ${email} is lost. Reconnecting.`,
  reconnected: (email: string): string => `Connected to ${email} again.`,
  leftCall: (email: string): string => `${email} is no longer in the call.`,
  nobody: (): string => 'Nobody is here to call.',
  cannotCall: (email: string): string =>
    `${email} is calling, but this window cannot hold calls. Open the invite link in a browser to talk.`,
  microphoneVanished: (): string =>
    'The microphone is gone. Plug it in again or choose another one.',
  cameraVanished: (): string => 'The camera is gone. Plug it in again or choose another one.',
} as const;

export function endedWords({ reason, email }: CallEnd): string {
  switch (reason) {
    case 'hung-up':
      return `Call ended: ${email} has hung up.`;
    case 'left':
      return `Call ended: ${email} has left.`;
    case 'lost':
      return `Call ended: the connection to ${email} was lost.`;
    case 'declined':
      return `${email} has declined.`;
    case 'busy':
      return `${email} is in another call.`;
    case 'unanswered':
      return `${email} does not answer.`;
    case 'missed':
      return `You missed a call from ${email}.`;
    case 'ended':
      return 'Call ended.';
  }
}

function listed(emails: readonly string[]): string {
  const last = emails.at(-1) ?? 'nobody';
  return emails.length < 2 ? last : `${emails.slice(0, -1).join(', ')} and ${last}`;
}
