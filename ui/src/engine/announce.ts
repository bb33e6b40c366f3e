// Sentences for the live region: one short sentence per call event.
//
// Each name is an email inside isolates; `named` replaces it with the display name. The sentences
// for the end of a call are in `views/call/call-end.ts`.

import { isolate } from './sentence';

export const words = {
  joined: (email: string): string => `${isolate(email)} is here.`,
  left: (email: string): string => `${isolate(email)} has left the room.`,
  lost: (email: string): string => `${isolate(email)} has lost the connection to the room.`,
  ringing: (email: string): string => `${isolate(email)} is calling.`,
  calling: (emails: readonly string[]): string => `Calling ${listed(emails)}.`,
  connected: (email: string): string => `Connected to ${isolate(email)}.`,
  reconnecting: (email: string): string =>
    `The connection to ${isolate(email)} is lost. Reconnecting.`,
  reconnected: (email: string): string => `Connected to ${isolate(email)} again.`,
  asking: (email: string): string => `${isolate(email)} asks to come into the call.`,
  nobody: (): string => 'Nobody is here to call.',
  cannotCall: (email: string): string =>
    `${isolate(email)} is calling, but this window cannot hold calls. Open the invite link in a browser to talk.`,
  microphoneVanished: (): string =>
    'The microphone is gone. Plug it in again or choose another one.',
  cameraVanished: (): string => 'The camera is gone. Plug it in again or choose another one.',
} as const;

function listed(emails: readonly string[]): string {
  const people = emails.map(isolate);
  const last = people.at(-1) ?? 'nobody';
  return people.length < 2 ? last : `${people.slice(0, -1).join(', ')} and ${last}`;
}
