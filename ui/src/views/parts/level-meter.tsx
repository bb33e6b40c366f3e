// The live microphone level: one bar, updated without rendering.

import { useEffect, useRef } from 'react';

import type { StreamSource } from '../../ports';
import { texts } from '../../text/texts';
import { useStore } from '../use-store';
import { probeLevel } from './audio-level';
import { classes } from './classes';
import styles from './level-meter.module.css';

/** Maximum updates per second for screen readers; the bar updates every frame. */
const SPOKEN_EVERY_MS = 250;

interface Props {
  readonly source: StreamSource;
  readonly look: 'plain' | 'over-picture';
}

export function LevelMeter({ source, look }: Props) {
  const bar = useRef<HTMLDivElement>(null);
  const meter = useRef<HTMLMeterElement>(null);
  const stream = useStore(source);

  useEffect(() => {
    if (stream === null) return;
    const probe = probeLevel(stream);
    let spokenAt = 0;
    function show(level: number, now: number) {
      bar.current?.style.setProperty('--level', level.toFixed(3));
      if (meter.current === null || now - spokenAt < SPOKEN_EVERY_MS) return;
      spokenAt = now;
      meter.current.value = level;
    }
    let frame = requestAnimationFrame(function draw(now) {
      show(probe.read(), now);
      frame = requestAnimationFrame(draw);
    });
    return () => {
      cancelAnimationFrame(frame);
      probe.close();
      show(0, Infinity);
    };
  }, [stream]);

  return (
    <div className={classes(styles['frame'], styles[look])}>
      <meter ref={meter} aria-label={texts.parts.microphoneLevel} className={styles['meter']} />
      <div ref={bar} className={styles['bar']} />
    </div>
  );
}
