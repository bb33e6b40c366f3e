// The own video in a corner of the stage, moved by dragging, arrow keys or a press.
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

import { texts } from '../../text/texts';
import type { PictureSize } from '../parts/picture-size';
import {
  cornerByKey,
  cornerFor,
  cornerPictureSize,
  cornerRect,
  nextCorner,
  type Corner,
  type StageOverlays,
} from '../../layout/corner';
import styles from './corner-picture.module.css';
import type { Point, Size } from '../../layout/rect';
import { SelfTile } from './self-tile';

interface Props {
  readonly email: string;
  readonly stage: Size;
  readonly over: StageOverlays;
}

/** A drag: offset from the corner and velocity. */
interface Drag {
  readonly start: Point;
  readonly offset: Point;
  readonly velocity: Point;
  readonly at: number;
}

/** A shorter movement counts as a press. */
const DRAG_BEGINS_PX = 4;

export function CornerPicture({ email, stage, over }: Props) {
  const [corner, setCorner] = useState<Corner>('bottom-right');
  const [picture, setPicture] = useState<PictureSize | null>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const moved = useRef(false);
  const describedBy = useId();
  const rest = cornerRect(corner, stage, cornerPictureSize(stage, picture), over);
  const rect =
    drag === null ? rest : { ...rest, x: rest.x + drag.offset.x, y: rest.y + drag.offset.y };

  function grabbed(event: PointerEvent<HTMLButtonElement>) {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    moved.current = false;
    setDrag({
      start: { x: event.clientX, y: event.clientY },
      offset: { x: 0, y: 0 },
      velocity: { x: 0, y: 0 },
      at: event.timeStamp,
    });
  }

  function dragged(event: PointerEvent<HTMLButtonElement>) {
    if (drag === null) return;
    const offset = { x: event.clientX - drag.start.x, y: event.clientY - drag.start.y };
    const elapsed = Math.max(1, event.timeStamp - drag.at);
    const velocity = {
      x: (offset.x - drag.offset.x) / elapsed,
      y: (offset.y - drag.offset.y) / elapsed,
    };
    if (Math.hypot(offset.x, offset.y) >= DRAG_BEGINS_PX) moved.current = true;
    setDrag({ ...drag, offset, velocity, at: event.timeStamp });
  }

  function letGo() {
    if (drag === null) return;
    const centre = { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 };
    if (moved.current) setCorner(cornerFor(centre, drag.velocity, stage));
    setDrag(null);
  }

  function pressed(event: MouseEvent<HTMLButtonElement>) {
    // Release the focus, so that Space is push to talk again.
    if (event.detail > 0) event.currentTarget.blur();
    if (moved.current) {
      moved.current = false;
      return;
    }
    setCorner(nextCorner(corner));
  }

  function keyed(event: KeyboardEvent) {
    const next = cornerByKey(corner, event.key);
    if (next === null) return;
    event.preventDefault();
    setCorner(next);
  }

  return (
    <SelfTile
      email={email}
      rect={rect}
      place="corner"
      dragged={drag !== null}
      onPicture={setPicture}
    >
      <button
        type="button"
        aria-label={texts.call.movePicture}
        aria-describedby={describedBy}
        className={styles['handle']}
        onPointerDown={grabbed}
        onPointerMove={dragged}
        onPointerUp={letGo}
        onPointerCancel={() => setDrag(null)}
        onClick={pressed}
        onKeyDown={keyed}
      />
      <span id={describedBy} hidden>
        {texts.call.corner[corner]}
      </span>
    </SelfTile>
  );
}
