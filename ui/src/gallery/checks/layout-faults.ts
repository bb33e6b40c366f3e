// Faults in the layout of a screen, as sentences: controls and texts that overlap, are cut off, or
// lie outside of the visible area. Only the top layer counts: a dialog hides the rest.

import { isShown, nameOf, rects, wordsOf, type Placed, type Rect, type Words } from './placed';

const SLACK_PX = 1;
const FINGER_PX = 44;
const PHONE_WIDTH = 480;
/** iOS zooms into a field with smaller letters. */
const MIN_FIELD_LETTERS_PX = 16;
const MIN_WORD_PX = 32;

export function layoutFaults(view: Window): readonly string[] {
  const { document } = view;
  const isOnTop = topLayer(document);
  const controls = rects(document, isOnTop);
  const texts = wordsOf(document, isOnTop);
  return [
    ...new Set([
      ...outside(view, controls, texts),
      ...overlaps(controls, texts),
      ...texts.flatMap(cutOff),
      ...(view.innerWidth < PHONE_WIDTH ? controls.flatMap(tooSmall) : []),
    ]),
  ];
}

function topLayer(document: Document): (element: Element) => boolean {
  const dialog = [...document.querySelectorAll('[role="dialog"]')].findLast(isShown);
  const sheet = [...document.querySelectorAll('aside')].find(
    (aside) => isShown(aside) && getComputedStyle(aside).position === 'absolute',
  );
  return (element) => {
    if (dialog !== undefined) return dialog.contains(element);
    if (sheet === undefined || sheet.contains(element)) return true;
    return !overlap(element.getBoundingClientRect(), sheet.getBoundingClientRect());
  };
}

function outside(view: Window, controls: readonly Placed[], texts: readonly Words[]): string[] {
  const root = view.document.documentElement;
  const faults = [];
  if (root.scrollWidth > view.innerWidth + SLACK_PX)
    faults.push(`The page is ${root.scrollWidth} px wide in a window of ${view.innerWidth}.`);
  const pageScrolls = { x: false, y: root.scrollHeight > view.innerHeight + SLACK_PX };
  const safe = safeArea(view.document);
  for (const { element, rect } of [...controls, ...texts]) {
    const isOut = {
      x: rect.left < safe.left - SLACK_PX || rect.right > safe.right + SLACK_PX,
      y: rect.top < safe.top - SLACK_PX || rect.bottom > safe.bottom + SLACK_PX,
    };
    for (const axis of ['x', 'y'] as const) {
      if (isOut[axis] && !isScrollable(element, axis, pageScrolls[axis]))
        faults.push(`${nameOf(element)} lies outside of the screen.`);
    }
  }
  return faults;
}

function safeArea(document: Document): Rect {
  const probe = document.createElement('div');
  const sides = ['top', 'right', 'bottom', 'left'];
  const insets = sides.map((side) => `env(safe-area-inset-${side}, 0px)`);
  probe.style.cssText = `position:fixed;inset:${insets.join(' ')};visibility:hidden`;
  document.body.append(probe);
  const { left, top, right, bottom } = probe.getBoundingClientRect();
  probe.remove();
  return { left, top, right, bottom };
}

/** Whether it can be scrolled into view: in a box around it, or with the page. */
function isScrollable(element: Element, axis: 'x' | 'y', withPage: boolean): boolean {
  const root = element.ownerDocument.documentElement;
  for (let box = element.parentElement; box !== null && box !== root; box = box.parentElement) {
    const style = getComputedStyle(box);
    if (/auto|scroll/u.test(axis === 'x' ? style.overflowX : style.overflowY)) return true;
    if (style.position === 'fixed') return false;
  }
  return withPage;
}

function overlaps(controls: readonly Placed[], texts: readonly Words[]): string[] {
  const faults = [];
  for (const [index, one] of controls.entries()) {
    for (const other of controls.slice(index + 1)) {
      if (mayOverlap(one.element, other.element)) continue;
      if (overlap(one.rect, other.rect))
        faults.push(`${nameOf(one.element)} and ${nameOf(other.element)} overlap.`);
    }
    for (const text of texts) {
      if (belongs(text.element, one.element) || onNotification(one.element, text.element)) continue;
      if (overlap(one.rect, text.rect))
        faults.push(`${nameOf(one.element)} and the text “${text.words}” overlap.`);
    }
  }
  for (const [index, one] of texts.entries()) {
    for (const other of texts.slice(index + 1)) {
      if (mayOverlap(one.element, other.element)) continue;
      if (overlap(one.rect, other.rect))
        faults.push(`The texts “${one.words}” and “${other.words}” overlap.`);
    }
  }
  return faults;
}

function overlap(a: Rect, b: Rect): boolean {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return width > SLACK_PX && height > SLACK_PX;
}

function mayOverlap(one: Element, other: Element): boolean {
  return one.contains(other) || other.contains(one) || onNotification(one, other);
}

/** Whether a text is a part of a control, or may lie in its rectangle for another reason. */
function belongs(text: Element, control: Element): boolean {
  if (control.contains(text) || text.closest('label')?.control === control) return true;
  // A link that goes on in the next line has the words around it within its rectangle.
  if (control.matches('a') && control.parentElement?.contains(text) === true) return true;
  // One's own video can be dragged by any part of it, its caption too.
  return control.closest('figure')?.contains(text) === true;
}

/**
 * A notification covers a part of a page for its five seconds and can be closed. In a call it may
 * cover video and nothing else.
 */
function onNotification(one: Element, other: Element): boolean {
  return mayLieOn(one, other) || mayLieOn(other, one);
}

function mayLieOn(notification: Element, below: Element): boolean {
  const region = notification.closest('[aria-label="Notifications"]');
  if (region === null || region.contains(below)) return false;
  const isInCall = region.matches('[class*="over-call"]');
  return !isInCall || below.closest('figure') !== null;
}

function cutOff({ element, words }: Words): string[] {
  const faults = [];
  const { overflowX, overflowY, textOverflow } = getComputedStyle(element);
  const cutsX = isCut(overflowX, element.scrollWidth, element.clientWidth);
  if (cutsX && textOverflow !== 'ellipsis') faults.push(`The text “${words}” is cut at its side.`);
  if (cutsX && element.clientWidth < MIN_WORD_PX)
    faults.push(`Of the text “${words}” hardly anything is left.`);
  if (isCut(overflowY, element.scrollHeight, element.clientHeight))
    faults.push(`The text “${words}” is cut at its foot.`);
  const button = element.closest('button');
  if (button !== null) {
    const box = button.getBoundingClientRect();
    const line = element.getBoundingClientRect();
    const spills = line.left < box.left - SLACK_PX || line.right > box.right + SLACK_PX;
    if (spills || button.scrollWidth > button.clientWidth + SLACK_PX)
      faults.push(`${nameOf(button)} is too narrow for its words.`);
  }
  return faults;
}

function isCut(overflow: string, whole: number, shown: number): boolean {
  return !/visible|auto|scroll/u.test(overflow) && whole > shown + SLACK_PX;
}

function tooSmall({ element }: Placed): string[] {
  const faults = [];
  const { width, height } = element.getBoundingClientRect();
  if (element.matches('input:not([type="radio"]), select, textarea')) {
    const size = Number.parseFloat(getComputedStyle(element).fontSize);
    if (size < MIN_FIELD_LETTERS_PX)
      faults.push(`${nameOf(element)} has letters of ${size} px: iOS zooms into it.`);
  }
  if (
    element.matches('button:not([role="switch"])') &&
    Math.min(width, height) < FINGER_PX - SLACK_PX
  )
    faults.push(`${nameOf(element)} is ${width} by ${height} px, too small for a finger.`);
  return faults;
}
