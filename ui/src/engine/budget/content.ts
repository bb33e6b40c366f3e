// The words for what is sent: video slots, what they show, and how much data a person allows.

export type VideoSlot = 'camera' | 'screen';

export type Content = 'text' | 'motion';

/** `saving` sends the smallest sizes. `audio-only` sends no camera. */
export type DataUse = 'full' | 'saving' | 'audio-only';
