// The own video in a call, mirrored and muted.

import { MicOff } from 'lucide-react';
import { useState, type ReactNode } from 'react';

import type { Tile } from '../../layout/arrange';
import { pictureFit } from '../../layout/picture-fit';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { Avatar } from '../parts/avatar';
import { classes } from '../parts/classes';
import { OwnPicture } from '../parts/own-picture';
import type { PictureSize } from '../parts/picture-size';
import { useStore } from '../use-store';
import { rectStyle } from './rect-style';
import styles from './tile.module.css';

interface Props {
  readonly email: string;
  readonly tile: Tile;
  /** Follows the pointer without animation. */
  readonly isDragged: boolean;
  readonly isSpeaking: boolean;
  readonly children: ReactNode;
  readonly onPicture: (picture: PictureSize | null) => void;
}

export function SelfTile({ email, tile, isDragged, isSpeaking, children, onPicture }: Props) {
  const app = useApp();
  const { camera, microphone } = useStore(app.engine).media;
  const [picture, setPicture] = useState<PictureSize | null>(null);
  const { place, rect, visibility } = tile;
  const shown = picture !== null && camera.wanted && camera.capture.kind === 'on';
  const muted = !microphone.wanted || microphone.capture.kind === 'failed';

  return (
    <figure
      className={classes(
        styles['tile'],
        styles[place],
        visibility === 'hidden' && styles['away'],
        isDragged && styles['dragged'],
        isSpeaking && !muted && styles['speaking'],
      )}
      style={rectStyle(rect)}
    >
      <div className={styles['picture']}>
        <OwnPicture
          label={texts.devices.yourCamera}
          className={classes(
            styles['video'],
            styles['mirrored'],
            styles[pictureFit(picture, rect, place)],
            !shown && styles['unseen'],
          )}
          onPicture={(size) => {
            setPicture(size);
            onPicture(size);
          }}
        />
        {shown ? null : (
          <span className={styles['without']}>
            <Avatar email={email} size="fluid" />
          </span>
        )}
        {place === 'full' ? null : (
          <div className={styles['caption']}>
            {muted ? <MicOff size={16} aria-hidden className={styles['stopped']} /> : null}
            <span className={styles['name']}>{texts.call.you}</span>
          </div>
        )}
        {children}
      </div>
    </figure>
  );
}
