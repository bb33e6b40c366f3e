// The own video in a call, mirrored and muted.

import { MicOff } from 'lucide-react';
import { useState, type ReactNode } from 'react';

import type { Tile } from '../../layout/arrange';
import type { MemberId } from '../../protocol/wire';
import { pictureFit } from '../../layout/picture-fit';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { HandMark } from '../hands/hand-mark';
import { RisingReactions } from '../hands/rising-reactions';
import { Avatar } from '../parts/avatar';
import { classes } from '../parts/classes';
import { OwnPicture } from '../parts/own-picture';
import type { PictureSize } from '../parts/picture-size';
import { useSelected } from '../use-store';
import { rectStyle } from './rect-style';
import styles from './tile.module.css';

interface Props {
  readonly email: string;
  readonly member: MemberId;
  /** The number in the order of raised hands; null while the hand is down. */
  readonly turn: number | null;
  readonly tile: Tile;
  /** Follows the pointer without animation. */
  readonly isDragged: boolean;
  readonly isSpeaking: boolean;
  readonly children: ReactNode;
  readonly onPicture: (picture: PictureSize | null) => void;
}

export function SelfTile({ email, member, turn, tile, isDragged, isSpeaking, ...rest }: Props) {
  const { children, onPicture } = rest;
  const app = useApp();
  const { camera, microphone } = useSelected(app.engine, ({ media }) => media);
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
        <RisingReactions member={member} />
        {place === 'strip' ? (
          <span className={styles['hand']}>
            <HandMark turn={turn} />
          </span>
        ) : null}
        {place === 'full' ? null : (
          <div className={styles['caption']}>
            {place === 'strip' ? null : <HandMark turn={turn} />}
            {muted ? <MicOff size={16} aria-hidden className={styles['stopped']} /> : null}
            <span className={styles['name']}>{texts.call.you}</span>
          </div>
        )}
        {children}
      </div>
    </figure>
  );
}
