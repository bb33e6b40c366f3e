// The size of an element, updated on changes.

import { useEffect, useState, type RefObject } from 'react';

import type { Size } from '../../layout/rect';

const NOTHING: Size = { width: 0, height: 0 };

export function useElementSize(ref: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>(NOTHING);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      setSize({ width: element.clientWidth, height: element.clientHeight });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}
