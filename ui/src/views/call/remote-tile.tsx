// The tile of a remote member: video and audio, or initials, with name and status.
//
// Invariant: the `video` element stays mounted, so the audio continues without video.

import { LoaderCircle, MicOff, Moon, Pin, SignalLow, VolumeX } from 'lucide-react';
import { useState } from 'react';

import type { Tile } from '../../layout/arrange';
import type { CaptionInsets } from '../../layout/caption';
import type { TileKey } from '../../layout/media';
import { pictureFit } from '../../layout/picture-fit';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { HandMark } from '../hands/hand-mark';
import { RisingReactions } from '../hands/rising-reactions';
import { Avatar } from '../parts/avatar';
import { classes } from '../parts/classes';
import { Hidden } from '../parts/hidden';
import type { PictureSize } from '../parts/picture-size';
import { StreamVideo } from '../parts/stream-video';
import { StandingMark } from '../verification/standing-mark';
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
        <RisingReactions member={participant.member} />
        {/* Beside it, a narrow caption has no room for a name. */}
        {place === 'strip' ? (
          <span className={styles['hand']}>
            <HandMark turn={participant.turn} />
          </span>
        ) : null}
        {/* On a full stage the header has both. */}
        {place === 'full' ? null : (
          <div
            className={classes(styles['foot'], caption.lines === 'one' && styles['one-line'])}
            style={place === 'strip' ? undefined : { left: caption.left, right: caption.right }}
          >
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
  const { microphone, peer, person, phase, turn, attention, standing } = participant;
  const words = phaseWords(phase);
  return (
    <div className={styles['caption']}>
      {place === 'strip' ? null : <HandMark turn={turn} />}
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
      {attention === 'away' ? (
        <span className={styles['weak']}>
          <Moon size={16} aria-hidden />
          <Hidden>{texts.reactions.awayBefore}</Hidden>
        </span>
      ) : null}
      {connection === 'weak' ? (
        <span className={styles['weak']}>
          <SignalLow size={16} aria-hidden />
          <Hidden>{texts.call.tile.weakConnection}</Hidden>
        </span>
      ) : null}
      <StandingMark standing={standing} />
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
