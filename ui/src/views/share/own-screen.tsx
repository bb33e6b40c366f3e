// What this person shares, small and renewed now and then. Over it, where others point.

import { useEffect, useRef, useState, type CSSProperties } from 'react';

import { callTexts } from '../../text/call-texts';
import { useApp } from '../app-context';
import { useSelected, useStore } from '../use-store';
import { drawFrames } from './drawn-frames';
import { Marks } from './marks';
import styles from './share-bar.module.css';

const EVERY_MS = 2000;
const WIDTH = 160;
const HEIGHT = 90;

export function OwnScreen() {
  const app = useApp();
  const stream = useStore(app.ownScreen);
  const self = useSelected(app.engine, ({ room }) => (room.kind === 'inside' ? room.self : null));
  const [proportions, setProportions] = useState(WIDTH / HEIGHT);
  const ref = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    const pen = ref.current?.getContext('2d') ?? null;
    if (stream === null || pen === null) return;
    return drawFrames(stream, EVERY_MS, (frames) => {
      drawWhole(pen, frames);
      setProportions(frames.videoWidth / frames.videoHeight);
    });
  }, [stream]);

  return (
    <div className={styles['preview']}>
      <canvas
        ref={ref}
        width={WIDTH}
        height={HEIGHT}
        // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- it is drawn, not loaded
        role="img"
        aria-label={callTexts.share.own}
      />
      {self === null ? null : (
        <div className={styles['marks']} style={within(proportions)}>
          <Marks screen={self} size="small" />
        </div>
      )}
    </div>
  );
}

function drawWhole(pen: CanvasRenderingContext2D, frames: HTMLVideoElement): void {
  const { videoWidth, videoHeight } = frames;
  const scale = Math.min(WIDTH / videoWidth, HEIGHT / videoHeight);
  const width = videoWidth * scale;
  const height = videoHeight * scale;
  pen.clearRect(0, 0, WIDTH, HEIGHT);
  pen.drawImage(frames, (WIDTH - width) / 2, (HEIGHT - height) / 2, width, height);
}

/** Where a picture with these proportions lies in the preview. */
function within(proportions: number): CSSProperties {
  const beside = Math.max(0, 1 - (proportions * HEIGHT) / WIDTH) / 2;
  const above = Math.max(0, 1 - WIDTH / HEIGHT / proportions) / 2;
  return { inset: `${above * 100}% ${beside * 100}%` };
}
