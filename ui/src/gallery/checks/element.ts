// Elements of a screen by role and accessible name, found as the end-to-end tests find them.

import { expect, vi } from 'vitest';

import roles from '../../../../e2e/src/page/roles.js?raw';
import type { ScreenWindow } from './shown-screen';

/** Waits for it. */
export async function element(
  view: ScreenWindow,
  role: string,
  name: string,
): Promise<HTMLElement> {
  return vi.waitUntil(() => all(view, role, name)[0], { timeout: 10_000, interval: 10 });
}

/** Waits until it is gone. */
export async function gone(view: ScreenWindow, role: string, name: string): Promise<void> {
  await expect.poll(() => all(view, role, name), { timeout: 10_000 }).toEqual([]);
}

function all(view: ScreenWindow, role: string, name: string): readonly HTMLElement[] {
  const find: (role: string, name: string) => HTMLElement[] = view.eval(`(function () {${roles}})`);
  return find(role, name);
}
