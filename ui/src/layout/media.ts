// The media that a stage shows.
//
// Invariant: the key of a tile is the same in every mode, so its element stays and its audio goes on.

/** A person's id (`PeerId`), `SELF`, or a screen's key. */
export type TileKey = string;

export const SELF: TileKey = 'self';

export type Medium =
  /** A person: with video, or without. */
  | { readonly kind: 'camera' | 'avatar'; readonly key: TileKey }
  /** A shared screen. */
  | {
      readonly kind: 'screen';
      readonly key: TileKey;
      readonly owner: TileKey;
    };

export type Screen = Extract<Medium, { kind: 'screen' }>;
export type Person = Exclude<Medium, Screen>;

export function isScreen(medium: Medium): medium is Screen {
  return medium.kind === 'screen';
}

export function isPerson(medium: Medium): medium is Person {
  return medium.kind !== 'screen';
}
