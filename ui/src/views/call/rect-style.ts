// A rectangle as a CSS style.

import type { CSSProperties } from 'react';

import type { Rect } from '../../layout/rect';

export function rectStyle({ x, y, width, height }: Rect): CSSProperties {
  return { transform: `translate(${x}px, ${y}px)`, width, height };
}
