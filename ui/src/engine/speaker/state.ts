// Who speaks: the levels of the last 2.5 s, who leads, and who is about to.
//
// Invariant: `shown` is never this person.

import type { PeerId } from '../ids';

/** A peer, or this person's own microphone: `SELF`, which is no id of a peer. */
export type VoiceId = PeerId;
export const SELF: VoiceId = 'self';

export interface SpeakerState {
  readonly voices: readonly Voice[];
  /** The dominant speaker, this person included. */
  readonly leader: Leader | null;
  readonly challenge: Challenge | null;
  /** The last leader who is not this person: the one that a speaker view shows. */
  readonly shown: PeerId | null;
}

export interface Voice {
  readonly id: VoiceId;
  /** From 0 (silence) to 1, linear in decibels; the newest first. */
  readonly levels: readonly number[];
}

interface Leader {
  readonly id: VoiceId;
  readonly since: number;
  readonly before: VoiceId | null;
}

/** Somebody leads over the dominant speaker, but not yet for long enough. */
interface Challenge {
  readonly id: VoiceId;
  /** Readings with a clear lead. */
  readonly readings: number;
  /** Readings since the last of them. */
  readonly pause: number;
}

export const NOBODY: SpeakerState = { voices: [], leader: null, challenge: null, shown: null };
