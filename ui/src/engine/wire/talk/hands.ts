// Hands and reactions (docs/protocol.md, "Talk").

import type { Fields, Readers } from './family';

/** In the order of their keys. */
export const REACTIONS = ['applause', 'heart', 'laugh', 'yes', 'no', 'wow'] as const;
export type Reaction = (typeof REACTIONS)[number];

/** The sender's hand now. */
export interface HandMessage {
  readonly type: 'hand';
  readonly position: 'raised' | 'lowered';
  /** Lamport time of the change to this position. */
  readonly at: number;
  /** Told before, and now to somebody who may not know it: no news. */
  readonly again: boolean;
}

/** The receiver is asked to lower their hand. */
export interface HandLowerMessage {
  readonly type: 'hand:lower';
}

export interface ReactionMessage {
  readonly type: 'reaction';
  readonly reaction: Reaction;
}

/** If a liar sets everybody's clock to its end, sessions still give one order. */
export const MAX_HAND_TIME = 1_000_000_000;

export const HANDS: Readers<HandMessage | HandLowerMessage | ReactionMessage> = {
  hand: readHand,
  'hand:lower': () => ({ type: 'hand:lower' }),
  reaction: readReaction,
};

function readHand({ position, at, again }: Fields): HandMessage | null {
  if (position !== 'raised' && position !== 'lowered') return null;
  if (!isHandTime(at)) return null;
  return { type: 'hand', position, at, again: again === true };
}

function readReaction(fields: Fields): ReactionMessage | null {
  const reaction = REACTIONS.find((each) => each === fields['reaction']);
  return reaction === undefined ? null : { type: 'reaction', reaction };
}

export function isHandTime(value: unknown): value is number {
  return (
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= MAX_HAND_TIME
  );
}
