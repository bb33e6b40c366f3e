// Grid layout: equal tiles with the least empty area, on pages if they would be too small.
//
// Invariant: all tiles have one size, do not overlap, and stay in the area; a short last row is
// centred, and the tiles of a short last page are as large as those of a full one.

import type { Rect, Size } from './rect';

/** Limits of the aspect ratio (width to height); beyond them faces are cropped. */
export const NARROWEST = 3 / 4;
export const WIDEST = 2;
const CAMERA = 16 / 9;

/** The smallest tile that shows a face and a name. */
const MIN_TILE: Size = { width: 140, height: 96 };

interface Shape {
  readonly columns: number;
  readonly tile: Size;
}

export function gridLayout(count: number, area: Size, gap: number): readonly Rect[] {
  return gridPage(count, count, area, gap);
}

/** `count` tiles of the size that they have on a page with `perPage` of them. */
export function gridPage(count: number, perPage: number, area: Size, gap: number): readonly Rect[] {
  if (count <= 0 || area.width <= 0 || area.height <= 0) return [];
  const shape = gridShape(Math.max(count, perPage), area, gap);
  return place(count, shape, area, gap);
}

/** How many of `count` tiles fit on one page and stay legible; at least one. */
export function gridCapacity(count: number, area: Size, gap: number): number {
  for (let tried = count; tried > 1; tried -= 1) {
    const { tile } = gridShape(tried, area, gap);
    if (tile.width >= MIN_TILE.width && tile.height >= MIN_TILE.height) return tried;
  }
  return 1;
}

function gridShape(count: number, area: Size, gap: number): Shape {
  let best: Shape = { columns: 1, tile: tileSize(count, 1, area, gap) };
  for (let columns = 2; columns <= count; columns += 1) {
    const tile = tileSize(count, columns, area, gap);
    if (worth(tile) > worth(best.tile) + 1) best = { columns, tile };
  }
  return best;
}

function tileSize(count: number, columns: number, area: Size, gap: number): Size {
  const rows = Math.ceil(count / columns);
  const width = Math.max(0, (area.width - gap * (columns - 1)) / columns);
  const height = Math.max(0, (area.height - gap * (rows - 1)) / rows);
  if (width < height * NARROWEST) return { width, height: width / NARROWEST };
  if (width > height * WIDEST) return { width: height * WIDEST, height };
  return { width, height };
}

/** The area of a tile, reduced by the cropped share. */
function worth(tile: Size): number {
  if (tile.width <= 0 || tile.height <= 0) return 0;
  const ratio = tile.width / tile.height;
  const kept = ratio < CAMERA ? ratio / CAMERA : CAMERA / ratio;
  return tile.width * tile.height * kept ** 0.25;
}

function place(count: number, { columns, tile }: Shape, area: Size, gap: number): Rect[] {
  const rows = Math.ceil(count / columns);
  const top = (area.height - rows * tile.height - (rows - 1) * gap) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, count - row * columns);
    const left = (area.width - inRow * tile.width - (inRow - 1) * gap) / 2;
    return {
      x: left + (index - row * columns) * (tile.width + gap),
      y: top + row * (tile.height + gap),
      ...tile,
    };
  });
}
