// Grid layout: equal tiles with the least empty area.
//
// Invariant: all tiles have one size, do not overlap, and stay on the stage; a short last row is
// centred.

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rect extends Size {
  readonly x: number;
  readonly y: number;
}

/** Limits of the aspect ratio (width to height); beyond them faces are cropped. */
const NARROWEST = 3 / 4;
const WIDEST = 2;
const CAMERA = 16 / 9;

export function gridLayout(count: number, stage: Size, gap: number): readonly Rect[] {
  if (count <= 0 || stage.width <= 0 || stage.height <= 0) return [];
  let best = tileSize(count, 1, stage, gap);
  let columns = 1;
  for (let tried = 2; tried <= count; tried += 1) {
    const tile = tileSize(count, tried, stage, gap);
    if (worth(tile) > worth(best) + 1) {
      best = tile;
      columns = tried;
    }
  }
  return place(count, columns, best, stage, gap);
}

function tileSize(count: number, columns: number, stage: Size, gap: number): Size {
  const rows = Math.ceil(count / columns);
  const width = Math.max(0, (stage.width - gap * (columns - 1)) / columns);
  const height = Math.max(0, (stage.height - gap * (rows - 1)) / rows);
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

function place(count: number, columns: number, tile: Size, stage: Size, gap: number): Rect[] {
  const rows = Math.ceil(count / columns);
  const top = (stage.height - rows * tile.height - (rows - 1) * gap) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, count - row * columns);
    const left = (stage.width - inRow * tile.width - (inRow - 1) * gap) / 2;
    return {
      x: left + (index - row * columns) * (tile.width + gap),
      y: top + row * (tile.height + gap),
      ...tile,
    };
  });
}
