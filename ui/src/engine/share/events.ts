// Events of the own screen share: what the person presses, and what the capture reports.

import type { Content } from '../budget/content';
import type { Region } from './region';
import type { ContentChoice, ShareProblem, Surface } from './state';

export type SharePersonEvent =
  | { readonly type: 'share-toggled' }
  /** The picker does not answer. What is chosen in it later is not shared. */
  | { readonly type: 'share-given-up' }
  /** To share a part, which the person chooses before anything is sent. */
  | { readonly type: 'share-part-asked' }
  /** Null for all. */
  | { readonly type: 'share-region-chosen'; readonly region: Region | null }
  | { readonly type: 'share-pause-toggled' }
  | { readonly type: 'share-content-chosen'; readonly choice: ContentChoice };

export type ShareEvent =
  | { readonly type: 'share-started'; readonly surface: Surface; readonly audio: 'on' | 'off' }
  /** The person closed the picker without a choice. */
  | { readonly type: 'share-refused' }
  | { readonly type: 'share-failed'; readonly problem: ShareProblem }
  /** By the system: its own stop button, or the shared window was closed. */
  | { readonly type: 'share-ended' }
  /** The audio alone has ended, as that of a tab that is muted for good. */
  | { readonly type: 'share-audio-ended' }
  | { readonly type: 'share-measured'; readonly content: Content };
