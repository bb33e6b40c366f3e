// Arrow keys, Home and End move the focus within a toolbar. Tab still reaches every button.

import type { KeyboardEvent } from 'react';

export function moveInToolbar(event: KeyboardEvent<HTMLElement>): void {
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('button')];
  const at = buttons.findIndex((button) => button === document.activeElement);
  const next = at < 0 ? null : nextIndex(event.key, at, buttons.length, event.currentTarget);
  if (next === null) return;
  event.preventDefault();
  buttons[next]?.focus();
}

/** Where this key leads from there, in the direction of the words; null for other keys. */
export function nextIndex(
  key: string,
  at: number,
  count: number,
  toolbar: HTMLElement,
): number | null {
  const isRightToLeft = getComputedStyle(toolbar).direction === 'rtl';
  switch (key) {
    case 'ArrowLeft':
      return (at + (isRightToLeft ? 1 : count - 1)) % count;
    case 'ArrowRight':
      return (at + (isRightToLeft ? count - 1 : 1)) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
