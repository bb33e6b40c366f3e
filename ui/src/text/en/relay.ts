// The choice of the relay, and sharing the relay inside the app.

import { isolate } from '../../engine/sentence';

export const relay = {
  label: 'Relay:',
  where: 'Where the room is',
  thisComputer: 'This computer',
  server: 'A server',
  address: 'Server address',
  addressExample: 'calls.example.org',
  share: 'Let others in this network join',
  addresses: (addresses: readonly string[]): string =>
    `Others enter ${addresses.map(isolate).join(' or ')} as the server’s address.`,
  noAnswer: 'The relay on this computer did not answer. Close Snug and open it again.',
} as const;
