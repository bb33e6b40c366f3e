// The stage of a call: from media, choices and sizes to tiles with rectangles.
//
// Invariant: tiles of one page do not overlap, but for the own picture in its corner, which lies
// under no control. Every person has one tile, visible on one page; those of the other pages are
// hidden in the place that they have there, so that a change of the page moves nothing but the own
// picture in its corner, which keeps clear of captions.

import { cornerPictureSize, cornerRect, dockRow, type Corner, type StageOverlays } from './corner';
import { gridCapacity, gridLayout, gridPage } from './grid';
import { isPerson, isScreen, SELF, type Medium, type TileKey } from './media';
import { modeOf, type Mode, type ModeInput, type SelfChoice } from './mode';
import { orderOf } from './order';
import { GAP, moved, type Rect, type Size } from './rect';
import { stripLayout, type Strip } from './strip';

export interface LayoutInput extends ModeInput {
  readonly showSelf: SelfChoice;
  /** The order of the arrangement before. */
  readonly order: readonly TileKey[];
  /** From 0; a page that does not exist is the last one. */
  readonly page: number;
  readonly over: StageOverlays;
  /** While the controls are hidden, tiles take their rows too. */
  readonly controls: 'shown' | 'hidden';
  readonly corner: Corner;
  /** The size of the own video; null without one. */
  readonly ownPicture: Size | null;
}

/** `full`: the only tile of the stage, from edge to edge. `stage`: beside a strip. */
export type TilePlace = 'full' | 'stage' | 'grid' | 'strip' | 'corner';

export interface Tile {
  readonly key: TileKey;
  readonly place: TilePlace;
  readonly visibility: 'visible' | 'hidden';
  readonly rect: Rect;
}

export interface Arrangement {
  readonly mode: Mode;
  /** In the order of the media, the own one last: their elements do not move in the document. */
  readonly tiles: readonly Tile[];
  readonly order: readonly TileKey[];
  readonly page: number;
  readonly pages: number;
  /** The place for the number of people that the strip does not show. */
  readonly more: { readonly rect: Rect; readonly count: number } | null;
}

/** The height of the header's line, without the notices below it. */
const HEADER_LINE = 44;
/** The height of a caption with its margins. */
const CAPTION_LINE = 36;
/** On a lower stage the header lies on the tiles. */
const LOW_STAGE = 480;
/** Notices are this wide; where that is half of the stage or more, they would cover a whole person. */
const NOTICES_WIDTH = 480;
/** The part of such a stage that they take from the tiles; what is more lies on them. */
const MOST_NOTICES = 0.5;

export function arrange(input: LayoutInput): Arrangement {
  const mode = modeOf(input);
  switch (mode.kind) {
    case 'pair':
    case 'mini':
      return oneTile(input, mode);
    case 'grid':
      return grid(input, mode);
    case 'speaker':
      return withStrip(input, mode, mode.on);
    case 'screen':
      return withStrip(input, mode, [mode.on]);
  }
}

function oneTile(input: LayoutInput, mode: Extract<Mode, { on: TileKey }>): Arrangement {
  const rect = { x: 0, y: 0, ...input.stage };
  const at = (key: TileKey): Tile => ({
    key,
    place: 'full',
    visibility: key === mode.on ? 'visible' : 'hidden',
    rect,
  });
  const own = mode.kind === 'pair' && mode.on !== SELF ? cornerTile(input) : at(SELF);
  const showsOwn = input.showSelf !== 'hidden' && own.visibility === 'visible';
  const order = orderOf({ ...input, before: input.order, stage: [], shown: Infinity });
  const others = input.media.map(({ key }) => at(key));
  return {
    mode,
    tiles: showsOwn ? [...others, own] : others,
    order,
    page: 0,
    pages: 1,
    more: null,
  };
}

function grid(input: LayoutInput, mode: Mode): Arrangement {
  const { media, showSelf } = input;
  const area = innerArea(input);
  const total = media.length + (showSelf === 'grid' ? 1 : 0);
  const perPage = gridCapacity(total, area, GAP);
  const shown = othersOnPage(perPage, showSelf);
  const order = orderOf({ ...input, before: input.order, stage: [], shown });
  const keys = withOwn(order, perPage, showSelf);
  const slots = (count: number): readonly Rect[] =>
    gridPage(count, Math.min(perPage, total), area, GAP).map((rect) => moved(rect, area));
  const paged = onPages(keys, perPage, input.page, slots, 'grid');
  const inCorner = cornerTile(aboveCaptions(input, paged.tiles));
  const tiles = inDocumentOrder(input, paged.tiles, inCorner);
  return { mode, tiles, order, page: paged.page, pages: paged.pages, more: null };
}

function withStrip(input: LayoutInput, mode: Mode, on: readonly TileKey[]): Arrangement {
  const { media, showSelf } = input;
  const onStage = media.filter(({ key }) => on.includes(key));
  // One screen at a time; the others have no tile in the strip.
  const beside = media.filter((medium) => !on.includes(medium.key) && isPerson(medium));
  const away = media.filter((medium) => !on.includes(medium.key) && isScreen(medium));
  const strip = stripLayout(beside.length + (showSelf === 'grid' ? 1 : 0), innerArea(input));
  const stage = stageTiles(onStage, on, strip);

  const shown = on.length + othersOnPage(strip.perPage, showSelf);
  const order = orderOf({ ...input, before: input.order, stage: on, shown });
  const others = order.filter((key) => beside.some((medium) => medium.key === key));
  const keys = withOwn(others, strip.perPage, showSelf);
  const paged = onPages(keys, strip.perPage, input.page, () => strip.slots, 'strip');
  const hidden = paged.tiles.filter(({ visibility }) => visibility === 'hidden').length;
  const unseen = away.map(({ key }): Tile => ({
    key,
    place: 'stage',
    visibility: 'hidden',
    rect: strip.stage,
  }));
  const own = cornerTile(aboveCaptions(besideStrip(input, strip), stage));
  return {
    mode,
    tiles: inDocumentOrder(input, [...stage, ...unseen, ...paged.tiles], own),
    order,
    page: paged.page,
    pages: paged.pages,
    more: strip.more === null ? null : { rect: strip.more, count: hidden },
  };
}

function stageTiles(
  onStage: readonly Medium[],
  on: readonly TileKey[],
  strip: Strip,
): readonly Tile[] {
  const [only] = onStage;
  if (only !== undefined && onStage.length === 1 && isScreen(only)) {
    // All of the stage: a zoomed picture takes it (zoom.ts).
    return [{ key: only.key, place: 'stage', visibility: 'visible', rect: strip.stage }];
  }
  const rects = gridLayout(on.length, strip.stage, GAP).map((rect) => moved(rect, strip.stage));
  return on.map((key, index): Tile => ({
    key,
    place: 'stage',
    visibility: 'visible',
    rect: rects[index] ?? strip.stage,
  }));
}

interface Paged {
  readonly tiles: readonly Tile[];
  readonly page: number;
  readonly pages: number;
}

function onPages(
  keys: readonly TileKey[],
  perPage: number,
  wanted: number,
  slots: (count: number) => readonly Rect[],
  place: 'grid' | 'strip',
): Paged {
  const pages = Math.max(1, Math.ceil(keys.length / perPage));
  const page = Math.min(Math.max(0, wanted), pages - 1);
  const tiles = Array.from({ length: pages }, (_, at) => {
    const here = keys.slice(at * perPage, (at + 1) * perPage);
    const rects = slots(here.length);
    return here.map((key, index): Tile => ({
      key,
      place,
      visibility: at === page ? 'visible' : 'hidden',
      rect: rects[index] ?? { x: 0, y: 0, width: 0, height: 0 },
    }));
  }).flat();
  return { tiles, page, pages };
}

/** The own tile is the last one of the first page, unless nobody else would be on it. */
function withOwn(
  others: readonly TileKey[],
  perPage: number,
  showSelf: SelfChoice,
): readonly TileKey[] {
  if (showSelf !== 'grid') return others;
  const at = perPage === 1 ? others.length : Math.min(perPage - 1, others.length);
  return others.toSpliced(at, 0, SELF);
}

function othersOnPage(perPage: number, showSelf: SelfChoice): number {
  return showSelf === 'grid' ? Math.max(1, perPage - 1) : perPage;
}

function inDocumentOrder(
  { media, showSelf }: LayoutInput,
  tiles: readonly Tile[],
  inCorner: Tile,
): readonly Tile[] {
  const tileOf = (wanted: TileKey): Tile[] => tiles.filter(({ key }) => key === wanted);
  const others = media.flatMap(({ key }) => tileOf(key));
  switch (showSelf) {
    case 'grid':
      return [...others, ...tileOf(SELF)];
    case 'corner':
      return [...others, inCorner];
    case 'hidden':
      return others;
  }
}

/** The corners of the stage beside a strip at its side. */
function besideStrip(input: LayoutInput, { stage: area, slots }: Strip): LayoutInput {
  const isBeside = slots.some(({ x }) => x >= area.x + area.width);
  if (!isBeside) return input;
  return { ...input, stage: { width: area.x + area.width, height: input.stage.height } };
}

/** Corners above the captions of these tiles, and none beside the dock, where pages are turned. */
function aboveCaptions(input: LayoutInput, tiles: readonly Tile[]): LayoutInput {
  const { dock } = input.over;
  // Not measured yet.
  if (dock.height === 0) return input;
  const bottoms = tiles
    .filter(({ visibility }) => visibility === 'visible')
    .map(({ rect }) => rect.y + rect.height);
  const y = Math.min(dock.y, Math.max(0, ...bottoms) + GAP) - CAPTION_LINE;
  const above = { ...dock, y, width: input.stage.width };
  return { ...input, over: { ...input.over, dock: above } };
}

function cornerTile({ corner, stage, over, ownPicture }: LayoutInput): Tile {
  const rect = cornerRect(corner, stage, cornerPictureSize(stage, ownPicture), over);
  return { key: SELF, place: 'corner', visibility: 'visible', rect };
}

/** What header and dock leave of the stage. */
function innerArea({ stage, over, controls }: LayoutInput): Rect {
  // The safe area of a phone also applies to the pictures.
  const side = Math.max(GAP, over.header.x - GAP);
  const edge = Math.max(GAP, over.header.y - GAP);
  const isLow = stage.height < LOW_STAGE;
  const isNarrow = stage.width <= 2 * NOTICES_WIDTH;
  const line =
    controls === 'hidden' || isLow ? edge : Math.max(GAP, over.header.y) + HEADER_LINE + GAP;
  const notices = Math.min(over.notices, stage.height * MOST_NOTICES);
  const top = isNarrow && notices > 0 ? Math.max(line, notices + GAP) : line;
  const bottom = controls === 'hidden' ? edge : dockRow(stage, over.dock);
  return {
    x: side,
    y: top,
    width: Math.max(0, stage.width - 2 * side),
    height: Math.max(0, stage.height - top - bottom),
  };
}
