// Faults in the layout of this screen, as sentences: controls and texts that overlap, are cut off, or
// lie outside of the visible area. Only the top layer counts: a dialog hides the rest.

const SLACK_PX = 1;
const root = document.documentElement;
const faults = new Set();
const dialog = [...document.querySelectorAll('[role="dialog"]')].findLast(isShown);
const sheet = [...document.querySelectorAll('aside')].find(
  (aside) => isShown(aside) && getComputedStyle(aside).position === 'absolute',
);
const scrolls = { x: root.scrollWidth > innerWidth + SLACK_PX, y: root.scrollHeight > innerHeight + SLACK_PX };
const safe = safeArea();

function isShown(element) {
  if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
  // Words for screen readers only.
  return element.closest('[class*="hidden"]') === null && element.closest('[inert]') === null;
}

function safeArea() {
  const probe = document.createElement('div');
  const insets = ['top', 'right', 'bottom', 'left'].map((side) => `env(safe-area-inset-${side}, 0px)`);
  probe.style.cssText = `position:fixed;inset:${insets.join(' ')};visibility:hidden`;
  document.body.append(probe);
  const { left, top, right, bottom } = probe.getBoundingClientRect();
  probe.remove();
  return { left, top, right, bottom };
}

/** The part of a rectangle that the boxes around it do not cut off; null if nothing is left. */
function clipped(rect, element) {
  let { left, top, right, bottom } = rect;
  for (let box = element; box !== null && box !== root; box = box.parentElement) {
    const { overflowX, overflowY, position } = getComputedStyle(box);
    if (box !== element || overflowX !== 'visible') {
      const edge = box.getBoundingClientRect();
      if (overflowX !== 'visible') [left, right] = [Math.max(left, edge.left), Math.min(right, edge.right)];
      if (overflowY !== 'visible') [top, bottom] = [Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
    }
    if (position === 'fixed') break;
  }
  return right - left > SLACK_PX && bottom - top > SLACK_PX ? { left, top, right, bottom } : null;
}

/** Whether it can be scrolled into view: in a box around it, or with the page. */
function isScrollable(element, axis) {
  for (let box = element.parentElement; box !== null && box !== root; box = box.parentElement) {
    const style = getComputedStyle(box);
    if (/auto|scroll/.test(axis === 'x' ? style.overflowX : style.overflowY)) return true;
    if (style.position === 'fixed') return false;
  }
  return axis === 'y' && scrolls.y;
}

function nameOf(element) {
  const name = element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 40);
  return `${element.tagName.toLowerCase()} “${name || element.getAttribute('name') || element.className}”`;
}

function overlap(a, b) {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return width > SLACK_PX && height > SLACK_PX;
}

/**
 * A notification covers a part of a page for its five seconds and can be closed. In a call it may
 * cover video and nothing else.
 */
function mayOverlap(one, other) {
  const mayLieOn = (notification, below) => {
    const region = notification.closest('[aria-label="Notifications"]');
    if (region === null || region.contains(below)) return false;
    const isInCall = region.matches('[class*="over-call"]');
    return !isInCall || below.closest('figure') !== null;
  };
  return mayLieOn(one, other) || mayLieOn(other, one);
}

function isOnTop(element) {
  if (dialog !== undefined) return dialog.contains(element);
  if (sheet === undefined || sheet.contains(element)) return true;
  return !overlap(element.getBoundingClientRect(), sheet.getBoundingClientRect());
}

const controls = [
  ...document.querySelectorAll('button, input, select, textarea, a[href], [role="switch"], [role="tab"]'),
]
  .filter((control) => isShown(control) && isOnTop(control))
  .map((element) => ({ element, rect: clipped(element.getBoundingClientRect(), element.parentElement) }))
  .filter(({ rect }) => rect !== null);

const texts = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
  const element = node.parentElement;
  if (node.data.trim() === '' || element.closest('script, style, noscript, option, [aria-hidden="true"]')) continue;
  if (!isShown(element) || !isOnTop(element)) continue;
  const range = document.createRange();
  range.selectNodeContents(node);
  for (const whole of range.getClientRects()) {
    const rect = clipped(whole, element);
    if (rect !== null) texts.push({ element, rect, words: node.data.trim().slice(0, 40) });
  }
}

if (scrolls.x) faults.add(`The page is ${root.scrollWidth} px wide in a window of ${innerWidth}.`);

for (const { element, rect } of [...controls, ...texts]) {
  const what = nameOf(element);
  const isOut = { x: rect.left < safe.left - SLACK_PX || rect.right > safe.right + SLACK_PX };
  isOut.y = rect.top < safe.top - SLACK_PX || rect.bottom > safe.bottom + SLACK_PX;
  for (const axis of ['x', 'y']) {
    if (isOut[axis] && !isScrollable(element, axis)) faults.add(`${what} lies outside of the screen.`);
  }
}

for (const [index, one] of controls.entries()) {
  for (const other of controls.slice(index + 1)) {
    if (one.element.contains(other.element) || other.element.contains(one.element)) continue;
    if (mayOverlap(one.element, other.element)) continue;
    if (overlap(one.rect, other.rect)) faults.add(`${nameOf(one.element)} and ${nameOf(other.element)} overlap.`);
  }
  for (const text of texts) {
    if (one.element.contains(text.element) || text.element.closest('label')?.control === one.element) continue;
    if (mayOverlap(one.element, text.element)) continue;
    // One's own video can be dragged by any part of it, its caption too.
    if (one.element.closest('figure') !== null && one.element.closest('figure').contains(text.element)) continue;
    if (overlap(one.rect, text.rect)) faults.add(`${nameOf(one.element)} and the text “${text.words}” overlap.`);
  }
}
for (const [index, one] of texts.entries()) {
  for (const other of texts.slice(index + 1)) {
    if (one.element.contains(other.element) || other.element.contains(one.element)) continue;
    if (mayOverlap(one.element, other.element)) continue;
    if (overlap(one.rect, other.rect)) faults.add(`The texts “${one.words}” and “${other.words}” overlap.`);
  }
}

for (const { element, words } of texts) {
  const { overflowX, overflowY, textOverflow } = getComputedStyle(element);
  const cutsX = !/visible|auto|scroll/.test(overflowX) && element.scrollWidth > element.clientWidth + SLACK_PX;
  const cutsY = !/visible|auto|scroll/.test(overflowY) && element.scrollHeight > element.clientHeight + SLACK_PX;
  if (cutsX && textOverflow !== 'ellipsis') faults.add(`The text “${words}” is cut at its side.`);
  if (cutsX && element.clientWidth < 32) faults.add(`Of the text “${words}” hardly anything is left.`);
  if (cutsY) faults.add(`The text “${words}” is cut at its foot.`);
  const button = element.closest('button');
  if (button !== null) {
    const box = button.getBoundingClientRect();
    const line = element.getBoundingClientRect();
    const spills = line.left < box.left - SLACK_PX || line.right > box.right + SLACK_PX;
    if (spills || button.scrollWidth > button.clientWidth + SLACK_PX) faults.add(`${nameOf(button)} is too narrow for its words.`);
  }
}

if (innerWidth < 480) {
  for (const { element } of controls) {
    const { width, height } = element.getBoundingClientRect();
    if (element.matches('input:not([type="radio"]), select, textarea')) {
      const size = parseFloat(getComputedStyle(element).fontSize);
      if (size < 16) faults.add(`${nameOf(element)} has letters of ${size} px: iOS zooms into it.`);
    }
    if (element.matches('button:not([role="switch"])') && Math.min(width, height) < 44 - SLACK_PX) {
      faults.add(`${nameOf(element)} is ${width} by ${height} px, too small for a finger.`);
    }
  }
}

return [...faults];
