// The own video. The parent mirrors it.
//
// Invariant: one shared, muted element for all places.

import { useEffect, useLayoutEffect, useRef } from 'react';

import { useApp } from '../app-context';
import styles from './own-picture.module.css';
import { ownVideoOf } from './own-video';
import { pictureSizeOf, type PictureSize } from './picture-size';

interface Props {
  readonly label: string;
  readonly className: string;
  /** The size of the captured video; null while there is none. */
  readonly onPicture: (size: PictureSize | null) => void;
}

const EVENTS = ['loadeddata', 'resize', 'emptied'] as const;

export function OwnPicture({ label, className, onPicture }: Props) {
  const video = ownVideoOf(useApp().local);
  const place = useRef<HTMLSpanElement>(null);
  const told = useRef(onPicture);
  useEffect(() => {
    told.current = onPicture;
  });

  useLayoutEffect(() => {
    if (place.current === null) return undefined;
    return video.enter(place.current);
  }, [video]);

  useLayoutEffect(() => {
    video.describe(label, className);
  }, [video, label, className]);

  useEffect(() => {
    const { element } = video;
    const tell = (): void => told.current(pictureSizeOf(element));
    // It may already be playing.
    tell();
    for (const event of EVENTS) element.addEventListener(event, tell);
    return () => {
      for (const event of EVENTS) element.removeEventListener(event, tell);
    };
  }, [video]);

  return <span ref={place} className={styles['place']} />;
}
