// The words for what is sent: video slots, what they show, and how much data a person allows.

export type VideoSlot = 'camera' | 'screen';

export type Content = 'text' | 'motion';

/** `saving` sends and asks for the smallest sizes. `audio-only` sends and asks for no video. */
export type DataUse = KeptDataUse | 'audio-only';

/** What is remembered for the next call. */
export type KeptDataUse = 'full' | 'saving';
