// The size of an element, updated on changes.
//
// While it changes the element has `data-resizing`, so that its content follows without animation.

import { useLayoutEffect, useState, type RefObject } from 'react';

import type { Size } from '../../layout/rect';

const NOTHING: Size = { width: 0, height: 0 };
const SETTLED_MS = 120;

export function useElementSize(ref: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>(NOTHING);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    let timer = 0;
    const read = () => {
      element.dataset['resizing'] = '';
      window.clearTimeout(timer);
      timer = window.setTimeout(() => delete element.dataset['resizing'], SETTLED_MS);
      setSize({ width: element.clientWidth, height: element.clientHeight });
    };
    read();
    const observer = new ResizeObserver(read);
    observer.observe(element);
    return () => {
      observer.disconnect();
      window.clearTimeout(timer);
    };
  }, [ref]);
  return size;
}
