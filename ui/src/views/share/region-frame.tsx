// The picture of which a part is chosen, with the part in a frame: dragged, or moved by arrow keys and
// with Shift resized.

import {
  useEffect,
  useId,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
} from 'react';

import { between, movedBy, resizedBy, type Region } from '../../engine/share/region';
import type { Point, Size } from '../../layout/rect';
import type { StreamSource } from '../../ports';
import { callTexts } from '../../text/call-texts';
import { isModified } from '../parts/modified';
import { useStore } from '../use-store';
import { drawFrames } from './drawn-frames';
import styles from './region-frame.module.css';

interface Props {
  readonly source: StreamSource;
  readonly region: Region;
  /** Of the picture; null before its first frame. */
  readonly size: Size | null;
  readonly onSize: (size: Size) => void;
  readonly onRegion: (region: Region) => void;
}

const EVERY_MS = 1000;
const WIDTH = 960;
/** In pixels of the picture. */
const KEY_STEP = 16;
/** In pixels of the page. */
const DRAG_PIXELS = 4;
const ARROWS: Readonly<Partial<Record<string, Point>>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

export function RegionFrame({ source, region, size, onSize, onRegion }: Props) {
  const help = useId();
  const stream = useStore(source);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [start, setStart] = useState<Point | null>(null);
  const words = callTexts.share.region;

  useEffect(() => {
    const pen = canvas.current?.getContext('2d') ?? null;
    if (stream === null || pen === null) return;
    return drawFrames(stream, EVERY_MS, (frames) => {
      const { videoWidth, videoHeight } = frames;
      const { canvas: paper } = pen;
      const scale = Math.min(1, WIDTH / videoWidth);
      paper.width = Math.max(1, Math.round(videoWidth * scale));
      paper.height = Math.max(1, Math.round(videoHeight * scale));
      pen.drawImage(frames, 0, 0, paper.width, paper.height);
      onSize({ width: videoWidth, height: videoHeight });
    });
  }, [stream, onSize]);

  function keyed(event: KeyboardEvent) {
    const arrow = ARROWS[event.key];
    if (arrow === undefined || size === null || isModified(event)) return;
    event.preventDefault();
    const by = { x: (arrow.x * KEY_STEP) / size.width, y: (arrow.y * KEY_STEP) / size.height };
    onRegion((event.shiftKey ? resizedBy : movedBy)(region, by, size));
  }

  return (
    <div className={styles['place']}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys and pointer move the frame */}
      <div
        role="application"
        aria-label={words.frame}
        aria-describedby={help}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- keys move the frame
        tabIndex={0}
        className={styles['picture']}
        onKeyDown={keyed}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setStart(at(event));
        }}
        onPointerMove={(event) => {
          if (start === null || size === null || isPress(start, event)) return;
          onRegion(between(start, at(event), size));
        }}
        onPointerUp={() => setStart(null)}
        onPointerCancel={() => setStart(null)}
      >
        <canvas ref={canvas} width={WIDTH} height={(WIDTH * 9) / 16} />
        <div className={styles['region']} style={styleOf(region)} />
      </div>
      <p id={help} className={styles['help']}>
        {words.help}
      </p>
    </div>
  );
}

function at({ currentTarget, clientX, clientY }: PointerEvent): Point {
  const box = currentTarget.getBoundingClientRect();
  return { x: part(clientX - box.x, box.width), y: part(clientY - box.y, box.height) };
}

/** Whether the pointer has hardly moved: a hand trembles. */
function isPress(start: Point, event: PointerEvent): boolean {
  const now = at(event);
  const { width, height } = event.currentTarget.getBoundingClientRect();
  return Math.hypot((now.x - start.x) * width, (now.y - start.y) * height) < DRAG_PIXELS;
}

function part(distance: number, length: number): number {
  return Math.min(1, Math.max(0, distance / Math.max(1, length)));
}

function percent(share: number): string {
  return `${share * 100}%`;
}

function styleOf({ x, y, width, height }: Region): CSSProperties {
  return {
    left: percent(x),
    top: percent(y),
    width: percent(width),
    height: percent(height),
  };
}
