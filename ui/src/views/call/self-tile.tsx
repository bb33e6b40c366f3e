// The own video in a call, mirrored and muted.

import { MicOff } from 'lucide-react';
import { useState, type ReactNode } from 'react';

import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { Avatar } from '../parts/avatar';
import { classes } from '../parts/classes';
import { OwnPicture } from '../parts/own-picture';
import type { PictureSize } from '../parts/picture-size';
import { useStore } from '../use-store';
import type { Rect } from '../../layout/rect';
import { pictureFit } from '../../layout/picture-fit';
import { rectStyle } from './rect-style';
import styles from './tile.module.css';

interface Props {
  readonly email: string;
  readonly rect: Rect;
  readonly place: 'grid' | 'stage' | 'corner';
  /** Being dragged: no animation. */
  readonly dragged?: boolean;
  readonly children?: ReactNode;
  readonly onPicture?: (picture: PictureSize | null) => void;
}

export function SelfTile({ email, rect, place, dragged = false, children, onPicture }: Props) {
  const app = useApp();
  const { camera, microphone } = useStore(app.engine).media;
  const [picture, setPicture] = useState<PictureSize | null>(null);
  const shown = picture !== null && camera.wanted && camera.capture.kind === 'on';
  const muted = !microphone.wanted || microphone.capture.kind === 'failed';

  return (
    <figure
      className={classes(styles['tile'], styles[place], dragged && styles['dragged'])}
      style={rectStyle(rect)}
    >
      <OwnPicture
        label={texts.devices.yourCamera}
        className={classes(
          styles['video'],
          styles['mirrored'],
          styles[pictureFit(picture, rect)],
          !shown && styles['unseen'],
        )}
        onPicture={(size) => {
          setPicture(size);
          onPicture?.(size);
        }}
      />
      {shown ? null : (
        <span className={styles['without']}>
          <Avatar email={email} size="fluid" />
        </span>
      )}
      {place === 'stage' ? null : (
        <figcaption className={styles['caption']}>
          {muted ? <MicOff size={16} aria-hidden /> : null}
          <span className={styles['name']}>{texts.call.you}</span>
        </figcaption>
      )}
      {children}
    </figure>
  );
}
