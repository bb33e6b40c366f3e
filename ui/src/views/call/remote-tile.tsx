// The tile of a remote member: video and audio, or initials, with name and status.
//
// Invariant: the `video` element stays mounted, so the audio continues without video.

import { LoaderCircle, MicOff, Pin, SignalLow, VolumeX } from 'lucide-react';
import { useState } from 'react';

import type { Tile } from '../../layout/arrange';
import type { CaptionInsets } from '../../layout/caption';
import type { TileKey } from '../../layout/media';
import { pictureFit } from '../../layout/picture-fit';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { Avatar } from '../parts/avatar';
import { classes } from '../parts/classes';
import { Hidden } from '../parts/hidden';
import type { PictureSize } from '../parts/picture-size';
import { StreamVideo } from '../parts/stream-video';
import type { AutoplayGate } from './autoplay-gate';
import type { Participant } from './participants';
import { rectStyle } from './rect-style';
import { useStageChoices } from './stage-choices';
import { TileMenu, useTileHandlers } from './tile-menu';
import styles from './tile.module.css';

interface Props {
  readonly participant: Participant;
  readonly tile: Tile;
  readonly caption: CaptionInsets;
  /** The key that pins it, from 1. */
  readonly number: number;
  readonly connection: 'good' | 'weak';
  readonly isSpeaking: boolean;
  readonly gate: AutoplayGate;
  readonly onConnectionDetails: ((peer: TileKey) => void) | null;
}

export function RemoteTile({ participant, tile, caption, connection, ...rest }: Props) {
  const { isSpeaking, gate, ...menu } = rest;
  const app = useApp();
  const choices = useStageChoices();
  const [picture, setPicture] = useState<PictureSize | null>(null);
  const { peer, phase } = participant;
  const { place, rect, visibility } = tile;
  const handlers = useTileHandlers(peer);
  const choice = choices.tile(peer);
  const shown = picture !== null && participant.camera === 'on' && phase !== 'calling';
  const fit = choice.fit === 'whole' ? 'contain' : pictureFit(picture, rect, place);

  // On a full stage the header shows it.
  const words = (place === 'full' && shown) || place === 'strip' ? null : phaseWords(phase);

  return (
    <figure
      className={classes(
        styles['tile'],
        styles[place],
        visibility === 'hidden' && styles['away'],
        isSpeaking && styles['speaking'],
      )}
      style={rectStyle(rect)}
      {...handlers}
    >
      <div className={styles['picture']}>
        <StreamVideo
          source={app.remote(peer, 'camera')}
          label={participant.email}
          volume={choice.volume / 100}
          heard={choice.heard}
          data-tile={peer}
          className={classes(
            styles['video'],
            styles[fit],
            !shown && styles['unseen'],
            phase === 'reconnecting' && styles['frozen'],
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
        {/* On a full stage the header has both. */}
        {place === 'full' ? null : (
          <div className={styles['foot']} style={place === 'strip' ? undefined : caption}>
            <Caption participant={participant} place={place} connection={connection} />
            <TileMenu participant={participant} place="tile" {...menu} />
          </div>
        )}
      </div>
    </figure>
  );
}

type CaptionProps = Pick<Props, 'participant' | 'connection'> & Pick<Tile, 'place'>;

function Caption({ participant, place, connection }: CaptionProps) {
  const { pins, tile } = useStageChoices();
  const { microphone, peer, person, phase } = participant;
  const words = phaseWords(phase);
  return (
    <div className={styles['caption']}>
      {microphone === 'off' ? (
        <span className={styles['stopped']}>
          <MicOff size={16} aria-hidden />
          <Hidden>{texts.call.mutedBefore}</Hidden>
        </span>
      ) : null}
      {tile(peer).heard === 'muted' ? (
        <span className={styles['stopped']}>
          <VolumeX size={16} aria-hidden />
          <Hidden>{texts.call.tile.mutedForYou}</Hidden>
        </span>
      ) : null}
      {words === null ? null : (
        <span className={classes(styles['waiting'], place === 'strip' && styles['always'])}>
          <LoaderCircle size={16} aria-hidden />
          <Hidden>{words}</Hidden>
        </span>
      )}
      {connection === 'weak' ? (
        <span className={styles['weak']}>
          <SignalLow size={16} aria-hidden />
          <Hidden>{texts.call.tile.weakConnection}</Hidden>
        </span>
      ) : null}
      <span className={styles['who']} title={person.email}>
        <bdi className={styles['name']}>{person.name}</bdi>
        {person.needsEmail ? <bdi className={styles['email']}>{person.email}</bdi> : null}
      </span>
      {pins.includes(peer) ? (
        <>
          <Pin size={14} aria-hidden />
          <Hidden>{texts.call.tile.pinned}</Hidden>
        </>
      ) : null}
    </div>
  );
}

function phaseWords(phase: Participant['phase']): string | null {
  return phase === 'connected' ? null : texts.call.phases[phase];
}
