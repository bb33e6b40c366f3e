// The box of an element within its parent, updated on changes.

import { useEffect, useState, type RefObject } from 'react';

import type { Rect } from '../../layout/rect';

const NOTHING: Rect = { x: 0, y: 0, width: 0, height: 0 };

export function useElementBox(ref: RefObject<HTMLElement | null>): Rect {
  const [box, setBox] = useState(NOTHING);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      const { offsetLeft, offsetTop, offsetWidth, offsetHeight } = element;
      setBox({ x: offsetLeft, y: offsetTop, width: offsetWidth, height: offsetHeight });
    });
    observer.observe(element);
    if (element.offsetParent !== null) observer.observe(element.offsetParent);
    return () => observer.disconnect();
  }, [ref]);
  return box;
}
