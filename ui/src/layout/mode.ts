// The mode of the stage: from who and what is there, and from the person's choices.

import type { LayoutChoice, SelfChoice } from '../protocol/settings';
import { isPerson, isScreen, SELF, type Medium, type TileKey } from './media';
import type { Size } from './rect';

/** A mode without a grid shows the own picture in the corner if it is to be in the grid. */
export type { LayoutChoice, SelfChoice };

export type Mode =
  /** One tile fills the stage: the other person, or the own one while nobody is there. */
  | { readonly kind: 'pair'; readonly on: TileKey }
  | { readonly kind: 'grid' }
  /** The pinned people, or the last speaker, with the rest in a strip. */
  | { readonly kind: 'speaker'; readonly on: readonly [TileKey, ...TileKey[]] }
  /** A shared screen with the people in a strip. */
  | { readonly kind: 'screen'; readonly on: TileKey }
  /** A very small stage: one tile and nothing else. */
  | { readonly kind: 'mini'; readonly on: TileKey };

export interface ModeInput {
  /** Of the others, in the order in which they came. */
  readonly media: readonly Medium[];
  readonly choice: LayoutChoice;
  /** Oldest first. */
  readonly pins: readonly TileKey[];
  /** The last speaker first, never oneself. */
  readonly speakers: readonly TileKey[];
  readonly stage: Size;
}

/** A stage below this size is `mini`. */
export const MINI: Size = { width: 340, height: 260 };

export function modeOf({ media, choice, pins, speakers, stage }: ModeInput): Mode {
  const people = media.filter(isPerson).map(({ key }) => key);
  const screens = media.filter(isScreen).map(({ key }) => key);
  const [pinned, ...pinnedToo] = pins.filter((key) => people.includes(key));
  const pinnedScreen = pins.findLast((key) => screens.includes(key));
  const newestScreen = screens.at(-1);
  const speaker = speakers.find((key) => people.includes(key)) ?? people[0];

  if (stage.width < MINI.width || stage.height < MINI.height) {
    return { kind: 'mini', on: pinnedScreen ?? pinned ?? newestScreen ?? speaker ?? SELF };
  }
  if (pinnedScreen !== undefined) return { kind: 'screen', on: pinnedScreen };
  if (newestScreen !== undefined && pinned === undefined && choice !== 'grid') {
    return { kind: 'screen', on: newestScreen };
  }
  if (speaker === undefined) return { kind: 'pair', on: SELF };
  const isPair = people.length === 1 && newestScreen === undefined;
  if (isPair && choice !== 'grid') return { kind: 'pair', on: speaker };
  if (pinned !== undefined) return { kind: 'speaker', on: [pinned, ...pinnedToo] };
  if (choice === 'speaker') return { kind: 'speaker', on: [speaker] };
  return { kind: 'grid' };
}
