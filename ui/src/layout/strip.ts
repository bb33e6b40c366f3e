// The strip beside or below the stage in speaker view: equal small tiles, at most six, and a place
// for the number of those that are not shown.
//
// Invariant: tiles do not overlap and stay in the area; the stage gets the rest of the area.

import { NARROWEST, WIDEST } from './grid';
import { GAP, type Rect } from './rect';

export const MOST_IN_STRIP = 6;

export interface Strip {
  /** How many tiles a page of the strip has. */
  readonly perPage: number;
  /** The area that is left for the stage. */
  readonly stage: Rect;
  /** The places of a full page. */
  readonly slots: readonly Rect[];
  /** The place of "+2"; null if all are shown. */
  readonly more: Rect | null;
}

/** The size along the strip of the place for "+2". */
const MORE = 44;
const CAMERA = 16 / 9;

/** A strip for `count` tiles: on the inline-end side of a wide area, else at its foot. */
export function stripLayout(count: number, area: Rect): Strip {
  if (count <= 0) return { perPage: 1, stage: area, slots: [], more: null };
  return area.width > area.height * 1.1 ? sideStrip(count, area) : footStrip(count, area);
}

function sideStrip(count: number, area: Rect): Strip {
  const { perPage, hasMore } = capacity(count, area.height, 72);
  const room = (area.height - (hasMore ? MORE + GAP : 0) - GAP * (perPage - 1)) / perPage;
  const wanted = Math.min(232, Math.max(128, area.width * 0.18));
  const height = Math.max(0, Math.min(wanted / CAMERA, room));
  const width = Math.min(wanted, height * WIDEST);
  const x = area.x + area.width - width;
  const used = perPage * (height + GAP) - GAP + (hasMore ? GAP + MORE : 0);
  const top = area.y + Math.max(0, (area.height - used) / 2);
  const at = (index: number): Rect => ({ x, y: top + index * (height + GAP), width, height });
  return {
    perPage,
    stage: { ...area, width: Math.max(0, area.width - width - GAP) },
    slots: Array.from({ length: perPage }, (_, index) => at(index)),
    more: hasMore ? { x, y: at(perPage).y, width, height: MORE } : null,
  };
}

function footStrip(count: number, area: Rect): Strip {
  const { perPage, hasMore } = capacity(count, area.width, 88);
  const room = (area.width - (hasMore ? MORE + GAP : 0) - GAP * (perPage - 1)) / perPage;
  const wanted = Math.min(140, Math.max(72, area.height * 0.2));
  const width = Math.max(0, Math.min(wanted * CAMERA, room));
  const height = Math.min(wanted, width / NARROWEST);
  const y = area.y + area.height - height;
  const used = perPage * (width + GAP) - GAP + (hasMore ? GAP + MORE : 0);
  const left = area.x + Math.max(0, (area.width - used) / 2);
  const at = (index: number): Rect => ({ x: left + index * (width + GAP), y, width, height });
  return {
    perPage,
    stage: { ...area, height: Math.max(0, area.height - height - GAP) },
    slots: Array.from({ length: perPage }, (_, index) => at(index)),
    more: hasMore ? { x: at(perPage).x, y, width: MORE, height } : null,
  };
}

function capacity(
  count: number,
  length: number,
  least: number,
): { readonly perPage: number; readonly hasMore: boolean } {
  const fitting = (free: number): number =>
    Math.min(MOST_IN_STRIP, Math.max(1, Math.floor((free + GAP) / (least + GAP))));
  const all = fitting(length);
  if (count <= all) return { perPage: count, hasMore: false };
  return { perPage: fitting(length - MORE - GAP), hasMore: true };
}
