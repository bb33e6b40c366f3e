// A mouse and fingers on a screen of the gallery, as the browser gets them from the system. Points are
// of an element, in pixels.

import { cdp } from 'vitest/browser';

import type { Point } from '../../layout/rect';

const STEPS = 8;

/** Presses, moves and releases a mouse button. */
export async function drag(
  element: Element,
  from: Point,
  to: Point,
  button: 'left' | 'right' = 'left',
): Promise<void> {
  const { x, y } = element.getBoundingClientRect();
  const buttons = button === 'left' ? 1 : 2;
  const mouse = (type: 'mousePressed' | 'mouseMoved' | 'mouseReleased', at: Point) => {
    const place = inBrowser(element.ownerDocument, { x: x + at.x, y: y + at.y });
    return cdp().send('Input.dispatchMouseEvent', { type, button, buttons, ...place });
  };
  await mouse('mousePressed', from);
  await mouse('mouseMoved', to);
  await mouse('mouseReleased', to);
}

/** Puts one finger at the start of each path down, moves them all to the ends, and lifts them. */
export async function moveFingers(
  element: Element,
  paths: readonly (readonly [Point, Point])[],
): Promise<void> {
  const { x: left, y: top } = element.getBoundingClientRect();
  const touch = async (type: 'touchStart' | 'touchMove', part: number) => {
    const touchPoints = paths.map(([from, to], id) => ({
      id,
      ...inBrowser(element.ownerDocument, {
        x: left + from.x + (to.x - from.x) * part,
        y: top + from.y + (to.y - from.y) * part,
      }),
    }));
    await cdp().send('Input.dispatchTouchEvent', { type, touchPoints });
  };
  await touch('touchStart', 0);
  for (let at = 1; at <= STEPS; at += 1) await touch('touchMove', at / STEPS);
  await cdp().send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
}

/** A point of a page as a point of the outermost page, which may show this one smaller. */
function inBrowser(document: Document, at: Point): Point {
  const frame = document.defaultView?.frameElement ?? null;
  if (frame === null) return at;
  const { x, y, width } = frame.getBoundingClientRect();
  const scale = width / frame.clientWidth;
  return inBrowser(frame.ownerDocument, { x: x + at.x * scale, y: y + at.y * scale });
}
