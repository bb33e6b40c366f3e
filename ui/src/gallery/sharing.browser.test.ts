// Shared screens: chosen, zoomed, cut and pointed at, by keyboard, pointer and touch.

import { describe, expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';

import type { Point } from '../layout/rect';
import { element, gone } from './checks/element';
import { DESKTOP, PHONE } from './checks/look';
import { show, shown, type ScreenWindow } from './checks/shown-screen';
import { drag, moveFingers } from './checks/pointer-input';

const ANAS_SCREEN = "ana.souza@example.org's screen";
const BENS_SCREEN = "ben.okafor@example.org's screen";
/** Of the drawn screen. */
const PICTURE = { width: 1920, height: 1080 };

/** A busy computer may be slow. */
const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 10_000 });

function shareOf(view: ScreenWindow) {
  const { share } = view.galleryState();
  if (share.kind !== 'on') throw new Error('Nothing is shared.');
  return share;
}

const EDGES = ['Left', 'Top', 'Width', 'Height'];

/** In pixels of the picture, once there is one. */
async function numbersOf(view: ScreenWindow): Promise<readonly number[]> {
  const fields = await Promise.all(EDGES.map((edge) => element(view, 'textbox', edge)));
  return fields.map((field) => Number('value' in field ? field.value : Number.NaN));
}

/** The drawn frame lies where the numbers say, which are pixels of the picture. */
function expectFrame(picture: HTMLElement, numbers: readonly number[]): void {
  const all = picture.getBoundingClientRect();
  const part = picture.querySelector(':scope > div')?.getBoundingClientRect();
  if (part === undefined) throw new Error('There is no frame.');
  const scale = PICTURE.width / all.width;
  const drawn = [part.x - all.x, part.y - all.y, part.width, part.height];
  for (const [at, one] of drawn.entries())
    expect(Math.abs(one * scale - (numbers[at] ?? Number.NaN))).toBeLessThan(6);
}

function videoOf(view: ScreenWindow): HTMLVideoElement {
  const video = view.document.querySelector<HTMLVideoElement>('video[data-tile="l0/screen"]');
  if (video === null) throw new Error('The screen has no video.');
  return video;
}

function boxOf(view: ScreenWindow): DOMRect {
  return videoOf(view).getBoundingClientRect();
}

/** Ana's screen, when its picture is there: before that there is nothing to zoom. */
async function screenFrame(view: ScreenWindow): Promise<HTMLElement> {
  const frame = await element(view, 'application', ANAS_SCREEN);
  await eventually(() => videoOf(view).style.width).not.toBe('');
  return frame;
}

/** The rows of Ana's screen that this page asks for; 0 before it has. */
function demandOf(view: ScreenWindow): number {
  const demand = view.galleryState().ownDemand.shown['l0']?.screen;
  return demand?.kind === 'shown' ? demand.height : 0;
}

const widthOf = (view: ScreenWindow) => () => Math.round(boxOf(view).width);

function middleOf({ x, y, width, height }: DOMRect): Point {
  return { x: Math.round(x + width / 2), y: Math.round(y + height / 2) };
}

const tab = (name: string) => shown().getByRole('tab', { name });

async function expectShown(view: ScreenWindow, screen: string, hidden: string): Promise<void> {
  await element(view, 'application', screen);
  await gone(view, 'application', hidden);
}

test('what is shared is chosen by keyboard', async () => {
  const view = await show('call-sharing', DESKTOP);
  const select = await element(view, 'combobox', 'What you share');
  expect(shareOf(view).choice).toBe('automatic');
  select.focus();
  await userEvent.keyboard('{ArrowDown}');
  await eventually(() => shareOf(view).choice).toBe('text');
  expect(select).toHaveProperty('value', 'text');
  await userEvent.keyboard('{ArrowDown}');
  await eventually(() => shareOf(view).choice).toBe('motion');
  expect(select).toHaveProperty('value', 'motion');
  await userEvent.keyboard('{ArrowUp}{ArrowUp}');
  await eventually(() => shareOf(view).choice).toBe('automatic');
});

describe('the part of a screen', () => {
  test('is moved and resized by keyboard', async () => {
    const view = await show('call-framing-screen', DESKTOP);
    const picture = await element(view, 'application', 'Frame of the part');
    await eventually(() => numbersOf(view)).toEqual([480, 270, 960, 540]);
    expectFrame(picture, [480, 270, 960, 540]);
    picture.focus();
    await userEvent.keyboard('{ArrowRight}{ArrowRight}{ArrowLeft}{ArrowDown}{ArrowDown}{ArrowUp}');
    await eventually(() => numbersOf(view)).toEqual([496, 286, 960, 540]);
    await userEvent.keyboard('{Shift>}{ArrowRight}{ArrowRight}{ArrowUp}{/Shift}');
    await eventually(() => numbersOf(view)).toEqual([496, 286, 992, 524]);
    await userEvent.keyboard('{Shift>}{ArrowLeft}{ArrowDown}{/Shift}');
    await eventually(() => numbersOf(view)).toEqual([496, 286, 976, 540]);
    expectFrame(picture, [496, 286, 976, 540]);
    expect(shareOf(view)).toMatchObject({ flow: 'framing', region: null });
    await shown().getByRole('button', { name: 'Share this part' }).click();
    await gone(view, 'dialog', 'Part to share');
    const { flow, region } = shareOf(view);
    expect(flow).toBe('live');
    expect(region?.x).toBeCloseTo(496 / PICTURE.width, 6);
    expect(region?.y).toBeCloseTo(286 / PICTURE.height, 6);
    expect(region?.width).toBeCloseTo(976 / PICTURE.width, 6);
    expect(region?.height).toBeCloseTo(540 / PICTURE.height, 6);
  });

  test('is drawn by the pointer', async () => {
    const view = await show('call-framing-screen', DESKTOP);
    const picture = await element(view, 'application', 'Frame of the part');
    await eventually(() => numbersOf(view)).toEqual([480, 270, 960, 540]);
    const { width, height } = picture.getBoundingClientRect();
    const frame = shown().getByRole('application', { name: 'Frame of the part' });
    // From the lower right to the upper left.
    await frame.dropTo(frame, {
      sourcePosition: { x: width * 0.7, y: height * 0.8 },
      targetPosition: { x: width * 0.1, y: height * 0.3 },
    });
    // A pixel of the page is some of the picture.
    const slack = 2 + (2 * PICTURE.width) / width;
    const isDrawn = (numbers: readonly number[]) =>
      [192, 324, 1152, 540].every((one, at) => Math.abs(one - (numbers[at] ?? 0)) < slack);
    await eventually(async () => isDrawn(await numbersOf(view))).toBe(true);
    const numbers = await numbersOf(view);
    expectFrame(picture, numbers);
    // The pointer is up: it moves nothing any more.
    await frame.hover({ position: { x: width * 0.5, y: height * 0.5 } });
    expect(await numbersOf(view)).toEqual(numbers);
  });

  test('stays through a press that hardly moves, and another button', async () => {
    const view = await show('call-framing-screen', DESKTOP);
    const picture = await element(view, 'application', 'Frame of the part');
    await eventually(() => numbersOf(view)).toEqual([480, 270, 960, 540]);
    const from = { x: 40, y: 40 };
    await drag(picture, from, { x: 42, y: 41 });
    await drag(picture, from, { x: 240, y: 140 }, 'right');
    picture.focus();
    await userEvent.keyboard('{ArrowRight}');
    await eventually(() => numbersOf(view)).toEqual([496, 270, 960, 540]);
    await drag(picture, from, { x: 240, y: 140 });
    await eventually(() => numbersOf(view)).not.toEqual([496, 270, 960, 540]);
  });

  test('is chosen without a shortcut of the call', async () => {
    const view = await show('call-framing-screen', DESKTOP);
    const picture = await element(view, 'application', 'Frame of the part');
    const before = view.galleryState();
    picture.focus();
    await userEvent.keyboard('smvg');
    await userEvent.keyboard('{ArrowRight}');
    await eventually(() => numbersOf(view)).toEqual([496, 270, 960, 540]);
    expect(view.galleryState()).toBe(before);
    await userEvent.keyboard('{Escape}');
    await gone(view, 'dialog', 'Part to share');
    await userEvent.keyboard('m');
    await eventually(() => view.galleryState().media.microphone.wanted).toBe(false);
  });

  test('that is not chosen ends the share', async () => {
    const view = await show('call-framing-screen', DESKTOP);
    await element(view, 'dialog', 'Part to share');
    await userEvent.keyboard('{Escape}');
    await gone(view, 'dialog', 'Part to share');
    expect(view.galleryState().share.kind).toBe('off');
  });
});

describe('zoom', () => {
  test('by keyboard grows the picture, moves it, and is undone', async () => {
    const view = await show('call-screen-2', DESKTOP);
    const frame = await screenFrame(view);
    const whole = boxOf(view);
    frame.focus();
    // A whole picture stays where it is.
    await userEvent.keyboard('{ArrowLeft}+');
    await eventually(widthOf(view)).toBe(Math.round(whole.width * 1.25));
    expect(middleOf(boxOf(view))).toEqual(middleOf(whole));
    await userEvent.keyboard('=');
    await eventually(widthOf(view)).toBe(Math.round(whole.width * 1.25 ** 2));
    const { x } = middleOf(whole);
    // The arrow keys move what is looked at: the picture goes the other way.
    await userEvent.keyboard('{ArrowLeft}');
    await eventually(() => middleOf(boxOf(view)).x).toBe(x + 60);
    await userEvent.keyboard('{ArrowRight}{ArrowRight}');
    await eventually(() => middleOf(boxOf(view)).x).toBe(x - 60);
    await userEvent.keyboard('--');
    await eventually(() => boxOf(view)).toEqual(whole);
  });

  test('of the page is left to the browser', async () => {
    const view = await show('call-screen-2', DESKTOP);
    const frame = await screenFrame(view);
    const whole = boxOf(view);
    frame.focus();
    const kept: string[] = [];
    view.addEventListener('keydown', ({ key, defaultPrevented }) => {
      if (defaultPrevented) kept.push(key);
    });
    await userEvent.keyboard('{Control>}+-{/Control}+');
    await eventually(widthOf(view)).toBe(Math.round(whole.width * 1.25));
    expect(kept).toEqual(['+']);
  });

  test('by buttons is undone by the button', async () => {
    const view = await show('call-screen-2', DESKTOP);
    const whole = boxOf(view);
    const smaller = await element(view, 'button', 'Zoom out');
    expect(smaller.ariaDisabled).toBe('true');
    const larger = shown().getByRole('button', { name: 'Zoom in' });
    await larger.click();
    await larger.click();
    await eventually(widthOf(view)).toBe(Math.round(whole.width * 1.25 ** 2));
    expect(smaller.ariaDisabled).toBe('false');
    smaller.focus();
    await userEvent.keyboard('{Enter}{Enter}');
    await eventually(() => boxOf(view)).toEqual(whole);
    expect(smaller.ariaDisabled).toBe('true');
    // It keeps the focus, and does nothing more.
    await userEvent.keyboard('{Enter}');
    expect(view.document.activeElement).toBe(smaller);
    expect(boxOf(view)).toEqual(whole);
  });

  test('by wheel grows and shrinks the picture, dragging moves it', async () => {
    const view = await show('call-screen-2', DESKTOP);
    const whole = boxOf(view);
    const frame = shown().getByRole('application', { name: ANAS_SCREEN });
    await frame.wheel({ delta: { y: -100 }, times: 5 });
    await eventually(widthOf(view)).toBe(Math.round(whole.width * Math.exp(0.75)));
    const zoomed = boxOf(view);
    const from = { x: 400, y: 300 };
    await frame.dropTo(frame, {
      sourcePosition: from,
      targetPosition: { x: from.x + 70, y: from.y - 50 },
    });
    await eventually(() =>
      [boxOf(view).x - zoomed.x, boxOf(view).y - zoomed.y].map(Math.round),
    ).toEqual([70, -50]);
    await frame.wheel({ delta: { y: 100 }, times: 5 });
    await eventually(() => boxOf(view)).toEqual(whole);
  });

  test('dragging by another button moves nothing', async () => {
    const view = await show('call-screen-2', DESKTOP);
    const frame = await screenFrame(view);
    const whole = boxOf(view);
    frame.focus();
    await userEvent.keyboard('++++');
    await eventually(widthOf(view)).toBe(Math.round(whole.width * 1.25 ** 4));
    const zoomed = boxOf(view);
    const [from, to] = [
      { x: 400, y: 300 },
      { x: 450, y: 300 },
    ];
    await drag(frame, from, to, 'right');
    await drag(frame, from, to);
    await eventually(() => Math.round(boxOf(view).x - zoomed.x)).toBe(50);
  });

  test('by a pinch on a touchpad keeps what lies under the pointer', async () => {
    const view = await show('call-screen-2', DESKTOP);
    const frame = await screenFrame(view);
    const whole = boxOf(view);
    const at = { x: whole.x + whole.width / 4, y: whole.y + whole.height / 2 };
    const pinch = { clientX: at.x, clientY: at.y, deltaY: -10 * Math.log(3), ctrlKey: true };
    for (let event = 0; event < 10; event += 1)
      frame.dispatchEvent(new view.WheelEvent('wheel', { ...pinch, cancelable: true }));
    await eventually(widthOf(view)).toBe(Math.round(whole.width * 3));
    const zoomed = boxOf(view);
    expect((at.x - zoomed.x) / zoomed.width).toBeCloseTo(0.25, 2);
    expect((at.y - zoomed.y) / zoomed.height).toBeCloseTo(0.5, 2);
  });

  test('by two fingers grows the picture on a phone, one moves it', async () => {
    const view = await show('call-screen-2', PHONE);
    const frame = await screenFrame(view);
    const whole = boxOf(view);
    await eventually(() => demandOf(view)).toBeGreaterThan(0);
    expect(demandOf(view)).toBeLessThanOrEqual(480);
    const { width, height } = frame.getBoundingClientRect();
    const [x, y] = [width / 2, height / 2];
    await moveFingers(frame, [
      [
        { x: x - 30, y },
        { x: x - 90, y },
      ],
      [
        { x: x + 30, y },
        { x: x + 90, y },
      ],
    ]);
    await eventually(widthOf(view)).toBe(Math.round(whole.width * 3));
    // Small letters need the pixels: 720 rows would do for the whole picture.
    await eventually(() => demandOf(view)).toBeGreaterThan(480);
    const zoomed = boxOf(view);
    await moveFingers(frame, [
      [
        { x, y },
        { x: x + 80, y },
      ],
    ]);
    await eventually(() => Math.round(boxOf(view).x - zoomed.x)).toBe(80);
    expect(Math.round(boxOf(view).width)).toBe(Math.round(zoomed.width));
    await moveFingers(frame, [
      [
        { x: x - 100, y },
        { x: x - 20, y },
      ],
      [
        { x: x + 100, y },
        { x: x + 20, y },
      ],
    ]);
    await eventually(() => boxOf(view)).toEqual(whole);
  });
});

describe('several screens', () => {
  test('are changed by a click on a tab', async () => {
    const view = await show('call-screens-two', DESKTOP);
    await expectShown(view, BENS_SCREEN, ANAS_SCREEN);
    await tab('Ana Souza').click();
    await expectShown(view, ANAS_SCREEN, BENS_SCREEN);
    expect(tab('Ana Souza').element().ariaSelected).toBe('true');
    expect(tab('Ben Okafor').element().ariaSelected).toBe('false');
    await tab('Ben Okafor').click();
    await expectShown(view, BENS_SCREEN, ANAS_SCREEN);
  });

  test('are changed by the arrow keys', async () => {
    const view = await show('call-screens-two', DESKTOP);
    const [ana, ben] = [
      await element(view, 'tab', 'Ana Souza'),
      await element(view, 'tab', 'Ben Okafor'),
    ];
    expect([ana.tabIndex, ben.tabIndex]).toEqual([-1, 0]);
    ben.focus();
    await userEvent.keyboard('{ArrowLeft}');
    await expectShown(view, ANAS_SCREEN, BENS_SCREEN);
    expect(view.document.activeElement).toBe(ana);
    expect([ana.tabIndex, ben.tabIndex]).toEqual([0, -1]);
    // After the first comes the last.
    await userEvent.keyboard('{ArrowLeft}');
    await expectShown(view, BENS_SCREEN, ANAS_SCREEN);
    await userEvent.keyboard('{ArrowRight}');
    await expectShown(view, ANAS_SCREEN, BENS_SCREEN);
    expect(view.document.activeElement).toBe(ana);
  });
});

test('marks carry the name of who points, where the person points', async () => {
  const view = await show('call-screen-pointed', DESKTOP);
  const marks = [...view.document.querySelectorAll<HTMLElement>('[data-mark]')];
  // Of two marks of one person, the newer one is named.
  expect(marks.map(({ dataset, textContent }) => [dataset['mark'], textContent])).toEqual([
    ['line', ''],
    ['pointer', 'Ben Okafor'],
    ['pointer', 'You'],
  ]);
  const picture = view.document
    .querySelector('video[data-tile="l0/screen"]')
    ?.getBoundingClientRect();
  if (picture === undefined) throw new Error('The screen has no video.');
  const places = marks.slice(1).map((mark) => {
    const { x, y } = mark.getBoundingClientRect();
    return [(x - picture.x) / picture.width, (y - picture.y) / picture.height];
  });
  for (const [at, [x, y]] of [
    [0.25, 0.55],
    [0.92, 0.8],
  ].entries()) {
    expect(places[at]?.[0]).toBeCloseTo(x ?? Number.NaN, 2);
    expect(places[at]?.[1]).toBeCloseTo(y ?? Number.NaN, 2);
  }
  // The name is drawn, also of a pointer at the edge.
  for (const mark of marks.slice(1)) {
    const name = mark.querySelector('bdi')?.getBoundingClientRect();
    expect(name?.width).toBeGreaterThan(10);
    expect(name?.left).toBeGreaterThanOrEqual(picture.left);
    expect(name?.right).toBeLessThanOrEqual(picture.right);
  }
});

test.each([
  ['upper left', 0.02, 0.01],
  ['upper right', 0.98, 0.01],
])('name of a mark in the %s corner is seen', async (_, x, y) => {
  // So low that the picture begins where its tile does.
  const view = await show('call-screen-2', { width: 1280, height: 520 });
  const tool = await element(view, 'button', 'Point');
  tool.focus();
  await userEvent.keyboard('{Enter}');
  const tile = (await element(view, 'application', ANAS_SCREEN)).getBoundingClientRect();
  const picture = boxOf(view);
  await shown()
    .getByRole('application', { name: ANAS_SCREEN })
    .hover({
      position: {
        x: picture.x - tile.x + picture.width * x,
        y: picture.y - tile.y + picture.height * y,
      },
    });
  const nameBox = () => {
    const { left, right, top, bottom } =
      view.document.querySelector('[data-mark] > span')?.getBoundingClientRect() ?? tile;
    return { left, right, top, bottom };
  };
  await eventually(() => nameBox().right - nameBox().left < tile.width).toBe(true);
  const { left, right, top, bottom } = nameBox();
  expect(left).toBeGreaterThanOrEqual(tile.left);
  expect(right).toBeLessThanOrEqual(tile.right);
  expect(top).toBeGreaterThanOrEqual(tile.top);
  expect(bottom).toBeLessThanOrEqual(tile.bottom);
});
