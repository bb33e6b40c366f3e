// One screen of the built gallery in a frame of its own, as a page of exactly its size.
//
// Invariant: a screen has a document of its own, so nothing stays of the one before.

import { expect, vi } from 'vitest';
import { cdp, page } from 'vitest/browser';

import type { Appearance } from '../gallery-screen';
import type { Look } from './look';

const DEADLINE_MS = 30_000;
const FRAME = 'screen';
/** Longer ones, as of a reaction, are checked halfway. */
const MAX_TRANSITION_MS = 1000;
const CLEAN_EVERY = 8;
/** The layout measures itself in one frame and is drawn in the next. */
const QUIET_FRAMES = 2;

export type ScreenWindow = NonNullable<typeof document.defaultView>;

/** Shows it in place of the screen before, and waits until nothing moves any more. */
export async function show(name: string, look: Look): Promise<ScreenWindow> {
  await emulate(look);
  const query = new URLSearchParams({
    screen: name,
    people: look.people ?? 'usual',
    direction: look.direction ?? 'ltr',
    pictures: look.pictures ?? 'still',
  });
  const frame = document.createElement('iframe');
  frame.dataset['testid'] = FRAME;
  frame.style.cssText = `border:0;position:fixed;inset:0;width:${look.width}px;height:${look.height}px`;
  frame.src = `/gallery.html?${query}`;
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
  await cleanMemory();
  document.body.replaceChildren(frame);
  await loaded;
  const view = frame.contentDocument?.defaultView;
  if (view == null) throw new Error('The frame has no window.');
  await settle(view);
  const root = view.document.querySelector<HTMLElement>('#root');
  expect(root?.dataset['acted'], 'All that is done first has been done.').toBe('yes');
  frame.focus();
  return view;
}

let shownScreens = 0;

/** The pictures of pages that are gone stay in memory, gigabytes of them, until it is cleaned. */
async function cleanMemory(): Promise<void> {
  shownScreens += 1;
  if (shownScreens % CLEAN_EVERY === 0) await cdp().send('HeapProfiler.collectGarbage');
}

/** Presses and clicks in the screen, as a person's. */
export function shown() {
  return page.frameLocator(page.getByTestId(FRAME));
}

/** The same screen in another appearance. */
export async function changeAppearance(view: ScreenWindow, appearance: Appearance): Promise<void> {
  view.galleryAppearance(appearance);
  await settle(view);
  expect(view.document.documentElement.dataset['appearance']).toBe(appearance);
}

let emulated = '';

/** Only what is new: each request to the browser takes as long as a part of a screen. */
async function emulate({ width, height, colours, edges }: Look): Promise<void> {
  const wanted = JSON.stringify({ width, height, colours, edges });
  if (wanted === emulated) return;
  emulated = wanted;
  await page.viewport(width, height);
  const browser = cdp();
  await browser.send('Emulation.setEmulatedMedia', {
    features: [{ name: 'forced-colors', value: colours === 'forced' ? 'active' : 'none' }],
  });
  await browser.send('Emulation.setSafeAreaInsetsOverride', {
    insets: edges === 'phone' ? { top: 47, bottom: 34, left: 0, right: 0 } : {},
  });
}

/** Waits until fonts and images are loaded and nothing moves. */
async function settle(view: ScreenWindow): Promise<void> {
  let quiet = 0;
  await vi.waitUntil(
    async () => {
      await new Promise((resolve) => view.requestAnimationFrame(resolve));
      quiet = isLoaded(view.document) && !hasMoved(view.document) ? quiet + 1 : 0;
      return quiet >= QUIET_FRAMES;
    },
    { timeout: DEADLINE_MS, interval: 1 },
  );
}

function isLoaded(document: Document): boolean {
  const videos = [...document.querySelectorAll('video')];
  return (
    document.readyState === 'complete' &&
    document.fonts.status === 'loaded' &&
    document.querySelector<HTMLElement>('#root')?.dataset['acted'] !== undefined &&
    videos.every(
      ({ srcObject, readyState }) =>
        srcObject === null ||
        readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ||
        !('getVideoTracks' in srcObject) ||
        srcObject.getVideoTracks().length === 0,
    )
  );
}

/** Brings what moves to its end, and tells whether anything moved. */
function hasMoved(document: Document): boolean {
  const moving = document.getAnimations().filter(({ playState, effect }) => {
    const isEndless = effect?.getComputedTiming().iterations === Infinity;
    return playState === 'running' && !isEndless;
  });
  for (const animation of moving) {
    const { endTime } = animation.effect?.getComputedTiming() ?? {};
    if (typeof endTime === 'number' && endTime > MAX_TRANSITION_MS) {
      animation.pause();
      animation.currentTime = endTime / 2;
    } else {
      animation.finish();
    }
  }
  return moving.length > 0;
}
