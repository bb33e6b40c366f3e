// The checks of a screen that hold in every size: nothing overlaps, is cut off or lies outside;
// other people's text is isolated; axe finds nothing in dark and light.

import { describe, expect, test, vi } from 'vitest';

import { screenNames } from '../screens';
import { axeViolations } from './axe-violations';
import { layoutFaults } from './layout-faults';
import { nameFaults } from './name-faults';
import { changeAppearance, show, type ScreenWindow } from './shown-screen';
import type { Look } from './look';

const LASTING_MS = 1000;

/** On a busy computer, a layout that follows a picture's size comes after the screen has settled. */
export async function lastingFaults(view: ScreenWindow): Promise<readonly string[]> {
  await vi
    .waitUntil(() => layoutFaults(view).length === 0, { timeout: LASTING_MS, interval: 50 })
    .catch(() => undefined);
  return layoutFaults(view);
}

/** In both appearances. */
export function checkScreens(what: string, look: Look): void {
  describe(what, () => {
    test.each(screenNames)('%s', async (name) => {
      const view = await show(name, look);
      expect(view.document.documentElement.dataset['appearance']).toBe('dark');
      for (const appearance of ['dark', 'light'] as const) {
        if (appearance === 'light') await changeAppearance(view, appearance);
        expect.soft(await lastingFaults(view), appearance).toEqual([]);
        expect.soft(nameFaults(view.document).faults, appearance).toEqual([]);
        const rules = appearance === 'dark' ? 'all' : 'of-colours';
        expect.soft(await axeViolations(view, rules), appearance).toEqual([]);
      }
    });
  });
}

/** Other names and edges, which change no colour. */
export function checkLayout(what: string, look: Look): void {
  describe(what, () => {
    test.each(screenNames)('%s', async (name) => {
      const view = await show(name, look);
      expect.soft(await lastingFaults(view)).toEqual([]);
      expect.soft(nameFaults(view.document).faults).toEqual([]);
    });
  });
}
