// The tool in this person's hand on a shared screen: a pointer or a pen, by pointer and by keys.
//
// Invariant: what leaves here is in fractions of the picture, and never beside it.

import { useState, type KeyboardEvent } from 'react';

import { fractionAt, pointerMoved } from '../../layout/pointing';
import type { Point, Rect, Size } from '../../layout/rect';
import type { MemberId } from '../../protocol/wire';
import { useApp } from '../app-context';

export type Tool = 'none' | 'pointer' | 'pen';

export interface Pointing {
  readonly tool: Tool;
  choose(tool: Tool): void;
  /** In pixels of the tile. */
  pressed(at: Point): void;
  /** `touching`: a button or a finger is down. */
  moved(at: Point, contact: 'hovering' | 'touching'): void;
  released(): void;
  /** Whether the key was for the tool. */
  keyed(event: KeyboardEvent): boolean;
}

type Line = 'none' | 'by-pointer' | 'by-keys';

const KEY_STEP = 16;
const ARROWS: Readonly<Partial<Record<string, Point>>> = {
  ArrowLeft: { x: -KEY_STEP, y: 0 },
  ArrowRight: { x: KEY_STEP, y: 0 },
  ArrowUp: { x: 0, y: -KEY_STEP },
  ArrowDown: { x: 0, y: KEY_STEP },
};

/** `shown` is where the whole picture lies in the tile; null while there is none. */
export function usePointing(screen: MemberId, shown: Rect | null, tile: Size): Pointing {
  const { engine } = useApp();
  const [tool, setTool] = useState<Tool>('none');
  const [last, setLast] = useState<Point | null>(null);
  const [line, setLine] = useState<Line>('none');

  function point(at: Point) {
    setLast(at);
    engine.dispatch({ type: 'pointed', screen, at });
  }

  /** From where it was before, if the line begins by keys. */
  function draw(by: Exclude<Line, 'none'>, at: Point, from: Point | null) {
    const begins = line !== by;
    if (begins) engine.dispatch({ type: 'line-begun', screen, at: from ?? at });
    if (!begins || from !== null) engine.dispatch({ type: 'line-continued', screen, at });
    setLine(by);
    setLast(at);
  }

  function end() {
    setTool('none');
    setLine('none');
    setLast(null);
    engine.dispatch({ type: 'pointing-ended', screen });
  }

  function fraction(at: Point): Point | null {
    return shown === null ? null : fractionAt(shown, at);
  }

  return {
    tool,
    choose(next) {
      if (next === 'none') return end();
      setTool(next);
      setLine('none');
      if (next === 'pen') engine.dispatch({ type: 'pointing-ended', screen });
    },
    pressed(at) {
      const there = fraction(at);
      if (there === null) return;
      if (tool === 'pen') draw('by-pointer', there, null);
      else point(there);
    },
    moved(at, contact) {
      const there = fraction(at);
      // A line ends at the edge of the picture.
      if (there === null) return setLine('none');
      if (tool === 'pointer') return point(there);
      if (contact === 'touching') draw('by-pointer', there, null);
    },
    released() {
      setLine('none');
    },
    keyed({ key, shiftKey }) {
      if (tool === 'none') return false;
      if (key === 'Escape') {
        end();
        return true;
      }
      const by = ARROWS[key];
      if (by === undefined || shown === null) return false;
      const from = pointerMoved(last, { x: 0, y: 0 }, shown, tile);
      const to = pointerMoved(last, by, shown, tile);
      if (tool === 'pen' && shiftKey) draw('by-keys', to, from);
      else {
        setLine('none');
        point(to);
      }
      return true;
    },
  };
}
