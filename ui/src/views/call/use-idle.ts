// Reports an idle pointer, so that the controls can fade.
//
// Invariant: never idle while a control has the focus or a popup is open; any input shows them
// again.

import { useEffect, useState, type RefObject } from 'react';

import { hasOpenPopup } from '../parts/open-popup';

const IDLE_AFTER_MS = 3500;

export function useIdle(controls: RefObject<HTMLElement | null>, mayIdle: boolean): boolean {
  const [isIdle, setIsIdle] = useState(false);

  useEffect(() => {
    if (!mayIdle) return;
    let timer = window.setTimeout(goIdle, IDLE_AFTER_MS);
    function wake() {
      setIsIdle(false);
      window.clearTimeout(timer);
      timer = window.setTimeout(goIdle, IDLE_AFTER_MS);
    }
    function goIdle() {
      const isUsed = controls.current?.querySelector('button:hover, button:focus') !== null;
      if (isUsed || hasOpenPopup()) wake();
      else setIsIdle(true);
    }
    const signs = ['pointermove', 'pointerdown', 'keydown', 'focusin'] as const;
    for (const sign of signs) window.addEventListener(sign, wake);
    return () => {
      setIsIdle(false);
      window.clearTimeout(timer);
      for (const sign of signs) window.removeEventListener(sign, wake);
    };
  }, [controls, mayIdle]);

  return isIdle && mayIdle;
}
