// Moves the own picture between the corners of the stage: by dragging, arrow keys or a press.
//
// Invariant: it always ends in a corner.

import {
  useId,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
} from 'react';

import type { Tile } from '../../layout/arrange';
import { cornerByKey, cornerFor, nextCorner, type Corner } from '../../layout/corner';
import { moved, type Point, type Rect, type Size } from '../../layout/rect';
import { texts } from '../../text/texts';
import styles from './corner-handle.module.css';

/** A drag: where it started, how far it is, and how fast (px/ms). */
interface DragState {
  readonly start: Point;
  readonly offset: Point;
  readonly velocity: Point;
  readonly at: number;
}

export interface Drag {
  readonly isDragging: boolean;
  /** The tile where the pointer has it. */
  moved(tile: Tile): Tile;
  grab(event: PointerEvent<HTMLElement>): void;
  drag(event: PointerEvent<HTMLElement>): void;
  /** `rect` is the place of the tile at rest. */
  letGo(rect: Rect): void;
  cancel(): void;
  /** Whether the press that ends was a drag; asked once. */
  takeWasDrag(): boolean;
}

/** A shorter movement counts as a press. */
const DRAG_BEGINS_PX = 4;
const NOWHERE: Point = { x: 0, y: 0 };

export function useDrag(stage: Size, onCorner: (corner: Corner) => void): Drag {
  const [state, setState] = useState<DragState | null>(null);
  const wasDrag = useRef(false);
  return {
    isDragging: state !== null,
    moved: (tile) =>
      state === null || tile.place !== 'corner'
        ? tile
        : { ...tile, rect: moved(tile.rect, state.offset) },
    grab(event) {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      wasDrag.current = false;
      const start = { x: event.clientX, y: event.clientY };
      setState({ start, offset: NOWHERE, velocity: NOWHERE, at: event.timeStamp });
    },
    drag(event) {
      if (state === null) return;
      const offset = { x: event.clientX - state.start.x, y: event.clientY - state.start.y };
      const elapsed = Math.max(1, event.timeStamp - state.at);
      const velocity = {
        x: (offset.x - state.offset.x) / elapsed,
        y: (offset.y - state.offset.y) / elapsed,
      };
      if (Math.hypot(offset.x, offset.y) >= DRAG_BEGINS_PX) wasDrag.current = true;
      setState({ ...state, offset, velocity, at: event.timeStamp });
    },
    letGo(rect) {
      if (state === null) return;
      const at = moved(rect, state.offset);
      const centre = { x: at.x + at.width / 2, y: at.y + at.height / 2 };
      if (wasDrag.current) onCorner(cornerFor(centre, state.velocity, stage));
      setState(null);
    },
    cancel: () => setState(null),
    takeWasDrag() {
      const was = wasDrag.current;
      wasDrag.current = false;
      return was;
    },
  };
}

interface Props {
  readonly corner: Corner;
  readonly onCorner: (corner: Corner) => void;
  readonly drag: Drag;
  readonly rect: Rect;
}

export function CornerHandle({ corner, onCorner, drag, rect }: Props) {
  const describedBy = useId();

  function pressed(event: MouseEvent<HTMLButtonElement>) {
    // Release the focus, so that Space is push to talk again.
    if (event.detail > 0) event.currentTarget.blur();
    if (!drag.takeWasDrag()) onCorner(nextCorner(corner));
  }

  function keyed(event: KeyboardEvent) {
    const next = cornerByKey(corner, event.key);
    if (next === null) return;
    event.preventDefault();
    onCorner(next);
  }

  return (
    <>
      <button
        type="button"
        aria-label={texts.call.movePicture}
        aria-describedby={describedBy}
        className={styles['handle']}
        onPointerDown={(event) => drag.grab(event)}
        onPointerMove={(event) => drag.drag(event)}
        onPointerUp={() => drag.letGo(rect)}
        onPointerCancel={() => drag.cancel()}
        onClick={pressed}
        onKeyDown={keyed}
      />
      <span id={describedBy} hidden>
        {texts.call.corner[corner]}
      </span>
    </>
  );
}
