// The words that are said aloud: one short sentence for each thing that happens to a call. Those
// for its end are in `views/call/call-end.ts`.

export const words = {
  joined: (email: string): string => `${email} is here.`,
  left: (email: string): string => `${email} has left the room.`,
  lost: (email: string): string => `${email} has lost the connection to the room.`,
  ringing: (email: string): string => `${email} is calling.`,
  calling: (emails: readonly string[]): string => `Calling ${listed(emails)}.`,
  connected: (email: string): string => `Connected to ${email}.`,
  reconnecting: (email: string): string => `The connection to ${email} is lost. Reconnecting.`,
  reconnected: (email: string): string => `Connected to ${email} again.`,
  asking: (email: string): string => `${email} asks to come into the call.`,
  nobody: (): string => 'Nobody is here to call.',
  cannotCall: (email: string): string =>
    `${email} is calling, but this window cannot hold calls. Open the invite link in a browser to talk.`,
  microphoneVanished: (): string =>
    'The microphone is gone. Plug it in again or choose another one.',
  cameraVanished: (): string => 'The camera is gone. Plug it in again or choose another one.',
} as const;

function listed(emails: readonly string[]): string {
  const last = emails.at(-1) ?? 'nobody';
  return emails.length < 2 ? last : `${emails.slice(0, -1).join(', ')} and ${last}`;
}
