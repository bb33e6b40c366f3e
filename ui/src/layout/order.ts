// The order of the tiles: people keep their places, and change them only to come into sight.
//
// Invariant: everybody who is present is in it once. Applied to its own result it changes nothing,
// and a change of the speaker within the first page changes nothing either.

import type { Medium, TileKey } from './media';

export interface OrderInput {
  /** The order before. */
  readonly before: readonly TileKey[];
  /** The media to order, in the order in which they came. */
  readonly media: readonly Medium[];
  /** Tiles of the stage come first, in this order. */
  readonly stage: readonly TileKey[];
  /** The last speaker first. */
  readonly speakers: readonly TileKey[];
  /** How many tiles the first page shows, those of the stage included. */
  readonly shown: number;
}

export function orderOf({ before, media, stage, speakers, shown }: OrderInput): TileKey[] {
  const present = media.map(({ key }) => key);
  const kept = before.filter((key) => present.includes(key));
  const order = [...kept, ...present.filter((key) => !kept.includes(key))];
  stage.forEach((key, index) => swap(order, index, order.indexOf(key)));

  const wanted = wantedFirst(order, media, stage, speakers).slice(0, shown);
  const missing = wanted.filter((key) => order.indexOf(key) >= shown);
  for (const key of missing) {
    const leaving = order.findLastIndex((other, at) => at < shown && !wanted.includes(other));
    swap(order, leaving, order.indexOf(key));
  }
  return order;
}

/** The tiles by their claim to the first page: stage, speakers, cameras, the rest. */
function wantedFirst(
  order: readonly TileKey[],
  media: readonly Medium[],
  stage: readonly TileKey[],
  speakers: readonly TileKey[],
): readonly TileKey[] {
  const hasVideo = new Set(media.filter(({ kind }) => kind !== 'avatar').map(({ key }) => key));
  const spoke = speakers.filter((key) => order.includes(key));
  const withVideo = order.filter((key) => hasVideo.has(key));
  return [...new Set([...stage, ...spoke, ...withVideo, ...order])];
}

function swap(order: TileKey[], one: number, other: number): void {
  const first = order[one];
  const second = order[other];
  if (first === undefined || second === undefined) return;
  order[one] = second;
  order[other] = first;
}
