// Inputs of the speaker detection.

import type { VoiceId } from './state';

/** Every 100 ms: the level of everybody in the call. Who is missing has left. */
export interface LevelsEvent {
  readonly type: 'levels';
  /** Monotonic, in milliseconds. */
  readonly at: number;
  readonly levels: readonly (readonly [VoiceId, number])[];
}
