// State of this person's screen share.

import type { Content } from '../budget/content';
import type { Region } from './region';

export interface ShareSlice {
  readonly share: ShareState;
}

export type ShareState =
  | { readonly kind: 'off' }
  /** The picker of the system or the browser is open. */
  | { readonly kind: 'asking'; readonly extent: Extent }
  | SharedScreen;

export interface SharedScreen {
  readonly kind: 'on';
  /** `framing`: the person chooses the part, and nothing is sent. `paused`: the others keep the last
   *  frame. */
  readonly flow: 'framing' | 'live' | 'paused';
  /** The part that is shared; null for all. */
  readonly region: Region | null;
  readonly surface: Surface;
  readonly audio: 'on' | 'off';
  readonly choice: ContentChoice;
  readonly measured: Content;
}

/** How much of a screen or window is shared. */
export type Extent = 'whole' | 'part';

/** What is shared; `unknown` where the engine does not tell. */
export type Surface = 'screen' | 'window' | 'tab' | 'unknown';

/** What the person says that the picture is. */
export type ContentChoice = 'automatic' | Content;

/** What the others are told: whether there is a picture, and whether it goes on. */
export type ScreenStatus = 'off' | 'on' | 'paused';

export type ShareProblem =
  /** The system keeps programs from seeing the screen. */
  | 'denied-by-system'
  /** There is nothing to share. */
  | 'no-source'
  /** The Linux desktop lacks its part of it. */
  | 'no-portal'
  | 'no-pipewire'
  | 'failed';
