import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';

import { arrange, type Arrangement, type LayoutInput, type Tile } from './arrange';
import { NARROWEST, WIDEST } from './grid';
import { SELF, type Medium, type TileKey } from './media';
import type { LayoutChoice, SelfChoice } from './mode';
import { GAP, type Rect } from './rect';

const SLACK = 1e-6;

function person(index: number, kind: 'camera' | 'avatar' = 'camera'): Medium {
  return { kind, key: `l${index}` };
}

function screen(index: number): Medium {
  return { kind: 'screen', key: `l${index}/screen`, owner: `l${index}` };
}

function people(count: number): Medium[] {
  return Array.from({ length: count }, (_, index) => person(index));
}

function input(change: Partial<LayoutInput> = {}): LayoutInput {
  const { width, height } = change.stage ?? { width: 1280, height: 800 };
  return {
    media: [],
    choice: 'automatic',
    showSelf: 'grid',
    pins: [],
    speakers: [],
    order: [],
    page: 0,
    stage: { width, height },
    over: {
      header: { x: 12, y: 12, width: width - 24, height: 44 },
      notices: 0,
      dock: { x: (width - 316) / 2, y: height - 76, width: 316, height: 64 },
    },
    controls: 'shown',
    corner: 'bottom-right',
    ownPicture: null,
    ...change,
  };
}

function visible({ tiles }: Arrangement): readonly Tile[] {
  return tiles.filter(({ visibility }) => visibility === 'visible');
}

function visibleKeys(arrangement: Arrangement): readonly TileKey[] {
  return visible(arrangement).map(({ key }) => key);
}

function firstHeight({ tiles }: Arrangement): number {
  return tiles[0]?.rect.height ?? 0;
}

function at(arrangement: Arrangement, key: TileKey): Tile | undefined {
  return arrangement.tiles.find((tile) => tile.key === key);
}

function overlap(a: Rect, b: Rect): boolean {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > SLACK && height > SLACK;
}

const stages = fc.record({
  width: fc.integer({ min: 200, max: 2560 }),
  height: fc.integer({ min: 160, max: 1440 }),
});
const media = fc
  .tuple(fc.array(fc.constantFrom('camera', 'avatar'), { maxLength: 13 }), fc.nat({ max: 2 }))
  .map(([kinds, screens]) => [
    ...kinds.map((kind, index) => person(index, kind)),
    ...kinds.slice(0, screens).map((_, index) => screen(index)),
  ]);
const keys = fc.array(fc.integer({ min: 0, max: 14 }).map((index) => `l${index}`));
const inputs = fc
  .record({
    media,
    stage: stages,
    choice: fc.constantFrom<LayoutChoice>('automatic', 'grid', 'speaker'),
    showSelf: fc.constantFrom<SelfChoice>('grid', 'corner', 'hidden'),
    pins: fc.uniqueArray(fc.constantFrom('l0', 'l3', 'l7', 'l1/screen', 'gone'), { maxLength: 4 }),
    speakers: keys.map((all) => [...new Set(all)]),
    order: keys.map((all) => [...new Set(all)]),
    page: fc.integer({ min: 0, max: 6 }),
    controls: fc.constantFrom('shown' as const, 'hidden' as const),
  })
  .map(input);

describe('any_stage', () => {
  test('visible_tiles_do_not_overlap_and_are_inside_the_stage', () => {
    fc.assert(
      fc.property(inputs, (given) => {
        const { width, height } = given.stage;
        const tiles = visible(arrange(given));
        for (const { rect } of tiles) {
          expect(rect.x).toBeGreaterThanOrEqual(-SLACK);
          expect(rect.y).toBeGreaterThanOrEqual(-SLACK);
          expect(rect.x + rect.width).toBeLessThanOrEqual(width + SLACK);
          expect(rect.y + rect.height).toBeLessThanOrEqual(height + SLACK);
        }
        const flat = tiles.filter(({ place }) => place !== 'corner');
        for (const [index, one] of flat.entries()) {
          for (const other of flat.slice(index + 1)) {
            expect(overlap(one.rect, other.rect)).toBe(false);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('everybody_has_one_tile_that_is_visible_on_one_page', () => {
    fc.assert(
      fc.property(inputs, (given) => {
        const { pages, mode } = arrange(given);
        const seen = new Map<TileKey, number>();
        for (let page = 0; page < pages; page += 1) {
          const arrangement = arrange({ ...given, page });
          const all = arrangement.tiles.map(({ key }) => key);
          expect(new Set(all).size).toBe(all.length);
          for (const { key, place } of visible(arrangement)) {
            const isPaged = place === 'grid' || place === 'strip';
            if (isPaged || page === 0) seen.set(key, (seen.get(key) ?? 0) + 1);
          }
        }
        for (const { key, kind } of given.media) {
          const arrangement = arrange(given);
          expect(at(arrangement, key)).toBeDefined();
          if (mode.kind === 'mini' || kind === 'screen') continue;
          expect(seen.get(key)).toBe(1);
        }
        const wantsOwn = given.showSelf !== 'hidden' && mode.kind !== 'mini';
        expect(seen.get(SELF) ?? 0).toBe(
          wantsOwn || (mode.kind === 'mini' && mode.on === SELF && given.showSelf !== 'hidden')
            ? 1
            : 0,
        );
      }),
      { numRuns: 500 },
    );
  });

  test('people_keep_legible_shapes', () => {
    fc.assert(
      fc.property(inputs, (given) => {
        for (const { place, rect } of visible(arrange(given))) {
          if (rect.height < 1) continue;
          const aspect = rect.width / rect.height;
          if (place === 'grid' || place === 'strip') {
            expect(aspect).toBeGreaterThanOrEqual(NARROWEST - 1e-3);
            expect(aspect).toBeLessThanOrEqual(WIDEST + 1e-3);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('the_same_again_changes_nothing', () => {
    fc.assert(
      fc.property(inputs, (given) => {
        const first = arrange(given);
        const second = arrange({ ...given, order: first.order });
        expect(second.order).toEqual(first.order);
        expect(second.tiles).toEqual(first.tiles);
      }),
      { numRuns: 500 },
    );
  });

  test('a_speaker_on_the_first_page_moves_no_tile_of_the_grid', () => {
    fc.assert(
      fc.property(inputs, fc.nat(), (given, pick) => {
        const before = arrange({ ...given, page: 0 });
        const onPage = visible(before).filter(({ place, key }) => place === 'grid' && key !== SELF);
        const speaker = onPage[pick % Math.max(1, onPage.length)]?.key;
        const speakers = given.speakers.filter((key) => onPage.some((tile) => tile.key === key));
        if (speaker === undefined || before.mode.kind !== 'grid') return;
        const settled = arrange({ ...given, speakers, order: before.order, page: 0 });
        const after = arrange({
          ...given,
          speakers: [speaker, ...speakers.filter((key) => key !== speaker)],
          order: settled.order,
          page: 0,
        });
        expect(after.tiles).toEqual(settled.tiles);
      }),
      { numRuns: 500 },
    );
  });

  test('the_page_moves_no_tile_but_the_own_picture', () => {
    fc.assert(
      fc.property(inputs, ({ page, ...given }) => {
        // The own picture in its corner keeps clear of the captions of the page.
        const rects = (onPage: number) =>
          arrange({ ...given, page: onPage })
            .tiles.filter(({ place }) => place !== 'corner')
            .map(({ rect }) => rect);
        expect(rects(page)).toEqual(rects(0));
      }),
    );
  });
});

describe('own_picture', () => {
  test('lies_under_no_control_and_beside_the_strip', () => {
    fc.assert(
      fc.property(
        inputs,
        fc.constantFrom('top-left', 'bottom-left', 'bottom-right'),
        (some, corner) => {
          const given = { ...some, showSelf: 'corner' as const, corner } as LayoutInput;
          const arrangement = arrange(given);
          const own = at(arrangement, SELF);
          if (own?.place !== 'corner' || own.rect.height < 1) return;
          expect(overlap(own.rect, given.over.dock)).toBe(false);
          expect(overlap(own.rect, given.over.header)).toBe(false);
          for (const { place, rect } of visible(arrangement)) {
            if (place === 'strip') expect(overlap(own.rect, rect)).toBe(false);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['automatic', 0, 'full'],
    ['automatic', 1, 'corner'],
    ['automatic', 2, 'grid'],
    ['grid', 1, 'grid'],
    ['speaker', 1, 'corner'],
    ['speaker', 2, 'strip'],
  ] as const)('%s with %i others is in the %s', (choice, others, place) => {
    expect(at(arrange(input({ choice, media: people(others) })), SELF)?.place).toBe(place);
  });
});

describe('pages', () => {
  const phone = { width: 360, height: 740 };

  it('eight people fit on a phone and in the smallest window', () => {
    for (const stage of [phone, { width: 720, height: 520 }]) {
      expect(arrange(input({ media: people(7), stage })).pages).toBe(1);
    }
  });

  it('more are on pages, the own tile on the first', () => {
    const stage = { width: 360, height: 500 };
    const arrangement = arrange(input({ media: people(11), stage }));
    expect(arrangement.pages).toBeGreaterThan(1);
    expect(at(arrangement, SELF)?.visibility).toBe('visible');
  });

  it('who speaks comes to the first page and takes one place', () => {
    const stage = { width: 360, height: 500 };
    const before = arrange(input({ media: people(11), stage }));
    const after = arrange(
      input({ media: people(11), stage, order: before.order, speakers: ['l10'] }),
    );
    expect(at(after, 'l10')?.visibility).toBe('visible');
    expect(visibleKeys(after).filter((key) => !visibleKeys(before).includes(key))).toEqual(['l10']);
  });

  it('a page that is gone is the last one', () => {
    const arrangement = arrange(input({ media: people(3), page: 5 }));
    expect(arrangement.page).toBe(0);
  });
});

describe('speaker_view', () => {
  const choice = 'speaker';

  it('has the first person before anybody speaks, then the speaker', () => {
    expect(arrange(input({ choice, media: people(3) })).mode).toEqual({
      kind: 'speaker',
      on: ['l0'],
    });
    expect(arrange(input({ choice, media: people(3), speakers: ['l2'] })).mode).toEqual({
      kind: 'speaker',
      on: ['l2'],
    });
  });

  it('exchanges the places of two speakers', () => {
    const before = arrange(input({ choice, media: people(4), speakers: ['l0'] }));
    const after = arrange(
      input({ choice, media: people(4), speakers: ['l2', 'l0'], order: before.order }),
    );
    expect(at(after, 'l0')?.rect).toEqual(at(before, 'l2')?.rect);
    expect(at(after, 'l2')?.rect).toEqual(at(before, 'l0')?.rect);
    expect(at(after, 'l1')?.rect).toEqual(at(before, 'l1')?.rect);
  });

  it('shows six beside the stage and the number of the rest', () => {
    const stage = { width: 1600, height: 1000 };
    const arrangement = arrange(input({ choice, media: people(8), stage }));
    const strip = visible(arrangement).filter(({ place }) => place === 'strip');
    expect(strip).toHaveLength(6);
    expect(arrangement.more?.count).toBe(2);
  });

  it('several pins share the stage', () => {
    const arrangement = arrange(input({ media: people(5), pins: ['l3', 'l1'] }));
    expect(arrangement.mode).toEqual({ kind: 'speaker', on: ['l3', 'l1'] });
    const onStage = visible(arrangement).filter(({ place }) => place === 'stage');
    expect(onStage.map(({ key }) => key)).toEqual(['l1', 'l3']);
  });
});

describe('screen', () => {
  it('is whole on the stage, with the people beside it', () => {
    const arrangement = arrange(input({ media: [...people(2), screen(0)] }));
    const tile = at(arrangement, 'l0/screen');
    expect(arrangement.mode.kind).toBe('screen');
    expect(tile?.rect.width).toBeGreaterThan((at(arrangement, 'l0')?.rect.width ?? 0) * 3);
    expect(at(arrangement, 'l0')?.place).toBe('strip');
  });

  it('gives way to a pinned person', () => {
    const arrangement = arrange(input({ media: [...people(2), screen(0)], pins: ['l1'] }));
    expect(arrangement.mode).toEqual({ kind: 'speaker', on: ['l1'] });
    expect(at(arrangement, 'l0/screen')?.visibility).toBe('hidden');
  });

  // In the order in which the shares began.
  const shares = [...people(3), screen(2), screen(0)];

  it('that is the newest is on the stage, the others are hidden', () => {
    const arrangement = arrange(input({ media: shares }));
    expect(arrangement.mode).toEqual({ kind: 'screen', on: 'l0/screen' });
    expect(at(arrangement, 'l0/screen')).toMatchObject({ place: 'stage', visibility: 'visible' });
    expect(at(arrangement, 'l2/screen')?.visibility).toBe('hidden');
    const older = arrange(input({ media: shares.slice(0, -1) }));
    expect(older.mode).toEqual({ kind: 'screen', on: 'l2/screen' });
  });

  it('that is pinned stays against a newer one', () => {
    const arrangement = arrange(input({ media: shares, pins: ['l2/screen'] }));
    expect(arrangement.mode).toEqual({ kind: 'screen', on: 'l2/screen' });
    expect(at(arrangement, 'l2/screen')).toMatchObject({ place: 'stage', visibility: 'visible' });
    expect(at(arrangement, 'l0/screen')?.visibility).toBe('hidden');
  });

  it('that is pinned and gone gives way to the newest', () => {
    const arrangement = arrange(input({ media: shares, pins: ['l1/screen'] }));
    expect(arrangement.mode).toEqual({ kind: 'screen', on: 'l0/screen' });
  });

  it('that is pinned goes before a pinned person', () => {
    const arrangement = arrange(input({ media: shares, pins: ['l2/screen', 'l1'] }));
    expect(arrangement.mode).toEqual({ kind: 'screen', on: 'l2/screen' });
    expect(at(arrangement, 'l1')?.place).toBe('strip');
  });

  it('is a tile among the others where a grid is chosen', () => {
    const arrangement = arrange(input({ choice: 'grid', media: shares }));
    expect(arrangement.mode.kind).toBe('grid');
    for (const key of ['l2/screen', 'l0/screen'])
      expect(at(arrangement, key)).toMatchObject({ place: 'grid', visibility: 'visible' });
  });

  it('that is pinned takes the stage where a grid is chosen', () => {
    const arrangement = arrange(input({ choice: 'grid', media: shares, pins: ['l2/screen'] }));
    expect(arrangement.mode).toEqual({ kind: 'screen', on: 'l2/screen' });
    expect(at(arrangement, 'l0/screen')?.visibility).toBe('hidden');
  });
});

test('tiles_take_the_rows_of_hidden_controls', () => {
  const shown = arrange(input({ media: people(3) }));
  const hidden = arrange(input({ media: people(3), controls: 'hidden' }));
  expect(firstHeight(hidden)).toBeGreaterThan(firstHeight(shown) + GAP);
});

function topBelow(notices: number, width: number, controls: 'shown' | 'hidden'): number {
  const usual = input({ stage: { width, height: 740 }, media: people(2), controls });
  const arrangement = arrange({ ...usual, over: { ...usual.over, notices } });
  return Math.min(...visible(arrangement).map(({ rect }) => rect.y));
}

describe('notices and the bar of an own share', () => {
  it.each([
    [360, 'shown'],
    [360, 'hidden'],
    [820, 'shown'],
  ] as const)('cover no one on a stage of %d pixels, %s controls', (width, controls) => {
    expect(topBelow(230, width, controls)).toBeGreaterThanOrEqual(230);
  });

  it('lie over a picture of a wide stage', () => {
    expect(topBelow(230, 1280, 'shown')).toBeLessThan(230);
  });

  it('leave half of a narrow stage to people', () => {
    expect(topBelow(700, 360, 'shown')).toBeLessThan(400);
  });
});
