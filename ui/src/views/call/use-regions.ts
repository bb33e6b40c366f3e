// F6 moves the focus to the next part of a call: header, dock, side panel, notifications; with
// Shift to the one before.

import { useEffect } from 'react';

import { hasOpenPopup } from '../parts/open-popup';

const FOCUSABLE =
  'button:not(:disabled), input:not(:disabled), select, textarea, a[href], [tabindex="0"]';

export function useRegions(): void {
  useEffect(() => {
    function pressed(event: KeyboardEvent) {
      if (event.key !== 'F6' || hasOpenPopup()) return;
      event.preventDefault();
      // The notifications would take the key for themselves.
      event.stopImmediatePropagation();
      const regions = [...document.querySelectorAll('[data-region]')];
      const at = regions.findIndex((region) => region.contains(document.activeElement));
      const step = event.shiftKey ? regions.length - 1 : 1;
      const start = at < 0 && event.shiftKey ? 0 : at;
      const next = regions[(start + step) % regions.length];
      next?.querySelector<HTMLElement>(FOCUSABLE)?.focus();
    }
    window.addEventListener('keydown', pressed, true);
    return () => window.removeEventListener('keydown', pressed, true);
  }, []);
}
