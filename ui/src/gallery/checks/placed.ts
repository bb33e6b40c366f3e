// The controls and texts of a screen with the rectangles in which people see them.

const CONTROLS = 'button, input, select, textarea, a[href], [role="switch"], [role="tab"]';
const NO_TEXT = 'script, style, noscript, option, [aria-hidden="true"]';
const MOST_CHARACTERS = 40;
const SLACK_PX = 1;

export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Placed {
  readonly element: Element;
  readonly rect: Rect;
}

export interface Words extends Placed {
  readonly words: string;
}

/** The controls that are shown and of which something is left. */
export function rects(document: Document, isOnTop: (element: Element) => boolean): Placed[] {
  return [...document.querySelectorAll(CONTROLS)]
    .filter((control) => isShown(control) && isOnTop(control))
    .flatMap((element) => {
      const rect = clipped(element.getBoundingClientRect(), element.parentElement);
      return rect === null ? [] : [{ element, rect }];
    });
}

/** Each line of each text. */
export function wordsOf(document: Document, isOnTop: (element: Element) => boolean): Words[] {
  const found: Words[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    const words = (node.textContent ?? '').trim().slice(0, MOST_CHARACTERS);
    if (element === null || words === '' || element.closest(NO_TEXT) !== null) continue;
    if (!isShown(element) || !isOnTop(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const line of range.getClientRects()) {
      const rect = clipped(line, element);
      if (rect !== null) found.push({ element, rect, words });
    }
  }
  return found;
}

export function isShown(element: Element): boolean {
  if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
  // Words for screen readers only.
  return element.closest('[class*="hidden"]') === null && element.closest('[inert]') === null;
}

export function nameOf(element: Element): string {
  const words = (element.textContent ?? '').trim().slice(0, MOST_CHARACTERS);
  const name = element.getAttribute('aria-label') ?? words;
  const shown = name || element.getAttribute('name') || element.getAttribute('class');
  return `${element.tagName.toLowerCase()} “${shown}”`;
}

/** The part of a rectangle that the boxes around it do not cut off; null if nothing is left. */
function clipped(rect: Rect, element: Element | null): Rect | null {
  let { left, top, right, bottom } = rect;
  const root = element?.ownerDocument.documentElement;
  for (let box = element; box !== null && box !== root; box = box.parentElement) {
    const { overflowX, overflowY, position } = getComputedStyle(box);
    if (box !== element || overflowX !== 'visible') {
      const edge = box.getBoundingClientRect();
      if (overflowX !== 'visible')
        [left, right] = [Math.max(left, edge.left), Math.min(right, edge.right)];
      if (overflowY !== 'visible')
        [top, bottom] = [Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
    }
    if (position === 'fixed') break;
  }
  const isLeft = right - left > SLACK_PX && bottom - top > SLACK_PX;
  return isLeft ? { left, top, right, bottom } : null;
}
