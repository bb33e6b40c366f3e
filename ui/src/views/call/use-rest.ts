// Tells when the pointer has rested for a while and the controls may fade.
//
// Invariant: never while the keyboard is in the controls, and any sign of life brings them back.

import { useEffect, useState, type RefObject } from 'react';

const RESTS_AFTER_MS = 3500;

export function useRest(controls: RefObject<HTMLElement | null>, mayRest: boolean): boolean {
  const [resting, setResting] = useState(false);

  useEffect(() => {
    if (!mayRest) return;
    let timer = window.setTimeout(rest, RESTS_AFTER_MS);
    function wake() {
      setResting(false);
      window.clearTimeout(timer);
      timer = window.setTimeout(rest, RESTS_AFTER_MS);
    }
    function rest() {
      const focused = controls.current?.contains(document.activeElement) === true;
      const hovered = controls.current?.querySelector('button:hover') !== null;
      if (focused || hovered) wake();
      else setResting(true);
    }
    const signs = ['pointermove', 'pointerdown', 'keydown', 'focusin'] as const;
    for (const sign of signs) window.addEventListener(sign, wake);
    return () => {
      setResting(false);
      window.clearTimeout(timer);
      for (const sign of signs) window.removeEventListener(sign, wake);
    };
  }, [controls, mayRest]);

  return resting && mayRest;
}
