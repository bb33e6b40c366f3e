// Blocking somebody: what it does, and what it does not.

import { isolate } from '../../engine/sentence';

export const blocking = {
  block: (name: string): string => `Block ${isolate(name)}`,
  unblock: (name: string): string => `Unblock ${isolate(name)}`,
  blockNow: 'Block',
  does: (name: string): string =>
    `${isolate(name)} cannot ring you any more, and you do not see their messages, files, reactions and raised hand.`,
  doesNot: (name: string): string =>
    `${isolate(name)} is not told, sees that you are here, and gets what you write to everybody. In a call with others you still see and hear each other. Somebody who comes back with a new identity is not recognised.`,
} as const;
