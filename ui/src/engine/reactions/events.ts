// Events of the reactions.

import type { Reaction } from '../wire/talk/hands';

export interface ReactionPersonEvent {
  readonly type: 'reaction-pressed';
  readonly reaction: Reaction;
  /** Monotonic, in milliseconds. */
  readonly at: number;
}

export type ReactionTimer =
  | { readonly kind: 'reaction-over'; readonly reaction: number }
  /** Reactions of the meantime are announced together. */
  | { readonly kind: 'reaction-pause' };
