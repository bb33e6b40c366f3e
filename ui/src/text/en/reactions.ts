// Raised hands and reactions.

import { isolate } from '../../engine/sentence';
import type { Reaction } from '../../engine/wire/talk/hands';

const names: Readonly<Record<Reaction, string>> = {
  applause: 'Applause',
  heart: 'Heart',
  laugh: 'Laugh',
  yes: 'Yes',
  no: 'No',
  wow: 'Wow',
};

export const reactions = {
  raiseHand: 'Raise hand',
  lowerHand: 'Lower hand',
  send: 'Send a reaction',
  names,
  /** Before a name. */
  handRaised: (turn: number): string => `Hand raised, number ${turn}: `,
  awayBefore: 'Away: ',
  isAway: 'Away',
  askToLower: (name: string): string => `Ask ${name} to lower the hand`,
  asked: (name: string): string => `${isolate(name)} is asked to lower the hand.`,
} as const;
