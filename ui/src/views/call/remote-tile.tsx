// The tile of a remote member: video and audio, or initials, with name and status.
//
// Invariant: the `video` element stays mounted, so the audio continues without video.

import { MicOff } from 'lucide-react';
import { useState } from 'react';

import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { Avatar } from '../parts/avatar';
import { classes } from '../parts/classes';
import { Hidden } from '../parts/hidden';
import type { PictureSize } from '../parts/picture-size';
import { StreamVideo } from '../parts/stream-video';
import type { Rect } from '../../layout/rect';
import type { Participant } from './participants';
import { pictureFit } from '../../layout/picture-fit';
import type { AutoplayGate } from './autoplay-gate';
import styles from './tile.module.css';
import { rectStyle } from './rect-style';

interface Props {
  readonly participant: Participant;
  readonly rect: Rect;
  readonly place: 'grid' | 'stage';
  readonly speaking: boolean;
  readonly gate: AutoplayGate;
}

export function RemoteTile({ participant, rect, place, speaking, gate }: Props) {
  const app = useApp();
  const [picture, setPicture] = useState<PictureSize | null>(null);
  const shown = picture !== null && participant.camera === 'on' && participant.phase !== 'calling';

  // On the stage the header shows it.
  const words = place === 'stage' && shown ? null : phaseWords(participant.phase);

  return (
    <figure
      className={classes(styles['tile'], styles[place], speaking && styles['speaking'])}
      style={rectStyle(rect)}
    >
      <StreamVideo
        source={app.remote(participant.peer, 'camera')}
        label={participant.email}
        className={classes(
          styles['video'],
          styles[pictureFit(picture, rect)],
          !shown && styles['unseen'],
          participant.phase === 'reconnecting' && styles['frozen'],
        )}
        onPicture={setPicture}
        onSoundRefused={gate.refused}
      />
      {shown ? null : (
        <span className={styles['without']}>
          <Avatar email={participant.email} size="fluid" />
        </span>
      )}
      {words === null ? null : (
        <span className={classes(styles['phase'], !shown && styles['below'])}>{words}</span>
      )}
      {/* Alone on the stage, the header says it. */}
      <figcaption className={classes(styles['caption'], place === 'stage' && styles['quiet'])}>
        {participant.microphone === 'off' ? (
          <>
            <MicOff size={16} aria-hidden />
            <Hidden>{texts.call.mutedBefore}</Hidden>
          </>
        ) : null}
        <span className={styles['who']} title={participant.person.email}>
          <bdi className={styles['name']}>{participant.person.name}</bdi>
          {participant.person.needsEmail ? (
            <bdi className={styles['email']}>{participant.person.email}</bdi>
          ) : null}
        </span>
      </figcaption>
    </figure>
  );
}

function phaseWords(phase: Participant['phase']): string | null {
  return phase === 'connected' ? null : texts.call.phases[phase];
}
