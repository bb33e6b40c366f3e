// The header of the stage: room or person, time, call status, layout, problems.

import { Lock, Maximize, Maximize2, MicOff, Minimize, Moon } from 'lucide-react';
import type { Ref } from 'react';

import type { ControlSize } from '../../layout/control-size';
import type { TileKey } from '../../layout/media';
import type { Mode } from '../../layout/mode';
import { isPrivateRoom } from '../../protocol/private-room';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { HandMark } from '../hands/hand-mark';
import { TryAgain } from '../devices/self-preview';
import { Button } from '../parts/button';
import { classes } from '../parts/classes';
import { Hidden } from '../parts/hidden';
import hidden from '../parts/hidden.module.css';
import { IconButton } from '../parts/icon-button';
import { Notice } from '../parts/notice';
import { Passing } from '../parts/passing';
import { ProblemNotices } from '../parts/problem-notices';
import { Sentence } from '../parts/sentence';
import { ScreenTabs } from '../share/screen-tabs';
import { ShareBar } from '../share/share-bar';
import { CheckButton } from '../verification/check-button';
import { DoubtNotice } from '../verification/doubt-notices';
import { StandingMark } from '../verification/standing-mark';
import { useSelected, useStore } from '../use-store';
import { CallClock } from './call-clock';
import styles from './call-header.module.css';
import type { CallStatus } from './call-status';
import type { Participant } from './participants';
import type { AutoplayGate } from './autoplay-gate';
import { DataUseNotices } from './data-use-notices';
import { LayoutMenu } from './layout-menu';
import { useStageChoices } from './stage-choices';
import { StatusRegion } from './status-region';
import { TileMenu } from './tile-menu';
import { useFaded } from './use-faded';
import { useFullScreen } from './use-full-screen';
import type { SmallWindow } from './use-small-window';

interface Props {
  readonly ref: Ref<HTMLElement>;
  readonly notices: Ref<HTMLDivElement>;
  readonly room: string;
  readonly participants: readonly Participant[];
  readonly status: CallStatus;
  readonly gate: AutoplayGate;
  readonly resting: boolean;
  readonly size: ControlSize;
  /** Who fills the stage; null if tiles have their own captions. */
  readonly full: Participant | null;
  readonly mode: Mode;
  readonly smallWindow: SmallWindow | null;
  readonly onConnectionDetails: ((peer: TileKey) => void) | null;
}

export function CallHeader({ ref, participants, status, gate, resting, full, ...rest }: Props) {
  const { notices, room, size, mode, smallWindow, onConnectionDetails } = rest;
  const soundWaits = useStore(gate);
  const { verification, showVerification } = useStageChoices();
  const isPrivate = isPrivateRoom(room);
  const isCalm = status.mood === 'calm';
  // What has to stay in sight are the microphone and a raised hand.
  const rests = isCalm && resting;
  const muted = full?.microphone === 'off';
  const stays = muted || (full !== null && full.turn !== null);
  const hidesStatus = useFaded(isCalm);

  return (
    <header ref={ref} className={styles['header']}>
      <div className={styles['row']}>
        <div
          className={classes(
            styles['line'],
            full !== null && styles['of-one'],
            rests && !stays && styles['resting'],
          )}
        >
          <div className={styles['who']}>
            {isPrivate ? (
              <>
                <Lock size={16} aria-hidden className={styles['lock']} />
                <Hidden>{texts.call.isPrivate}</Hidden>
              </>
            ) : null}
            <p className={styles['title']}>
              {full === null ? (
                <Sentence>{texts.call.room(room)}</Sentence>
              ) : (
                <bdi>{full.name}</bdi>
              )}
            </p>
            {full === null ? null : <StandingMark standing={full.standing} />}
            <HandMark turn={full?.turn ?? null} />
            {full?.attention === 'away' ? (
              <>
                <Moon size={16} aria-hidden className={styles['away']} />
                <Hidden>{texts.reactions.isAway}</Hidden>
              </>
            ) : null}
            {muted ? (
              <>
                <MicOff size={16} aria-hidden className={styles['muted']} />
                <Hidden>{texts.call.muted}</Hidden>
              </>
            ) : null}
            {participants.some(({ phase }) => phase === 'connected') ? <CallClock /> : null}
          </div>
          <StatusRegion
            className={classes(
              styles['status'],
              styles[status.mood],
              hidesStatus && hidden['hidden'],
            )}
          >
            {status.words}
          </StatusRegion>
        </div>
        <div
          data-region="header"
          className={classes(styles['controls'], rests && styles['resting'])}
        >
          {smallWindow?.isOn === true ? (
            <IconButton
              label={texts.call.smallWindow.exit}
              size="small"
              look="over-picture"
              onClick={() => smallWindow.toggle()}
            >
              <Maximize2 size={18} aria-hidden />
            </IconButton>
          ) : (
            <>
              {full === null ? null : (
                <TileMenu
                  participant={full}
                  place="header"
                  number={participants.indexOf(full) + 1}
                  onConnectionDetails={onConnectionDetails}
                />
              )}
              <CheckButton
                form={size === 'small' ? 'sheet' : 'popup'}
                open={verification === 'open'}
                onOpenChange={(open) => showVerification(open ? 'open' : 'closed')}
              />
              <LayoutMenu form={size === 'small' ? 'sheet' : 'popup'} />
              {size === 'small' ? null : <FullScreenButton />}
            </>
          )}
        </div>
      </div>
      <div ref={notices} className={styles['notices']}>
        <ScreenTabs participants={participants} mode={mode} />
        <ShareBar />
        {soundWaits ? (
          <Notice
            kind="caution"
            live="polite"
            action={
              <Button size="small" kind="primary" onClick={() => void gate.turnOn()}>
                {texts.call.turnOnSound}
              </Button>
            }
          >
            {texts.call.soundIsOff}
          </Notice>
        ) : null}
        <DoubtNotice onCheck={() => showVerification('open')} />
        <DataUseNotices />
        <CaptureTrouble kind="microphone" />
        <CaptureTrouble kind="camera" />
        <ProblemNotices />
      </div>
    </header>
  );
}

function FullScreenButton() {
  const fullScreen = useFullScreen();
  if (fullScreen === null) return null;
  const Icon = fullScreen.isOn ? Minimize : Maximize;
  return (
    <IconButton
      label={texts.call.fullScreen[fullScreen.isOn ? 'exit' : 'enter']}
      shortcut="F"
      size="small"
      look="over-picture"
      onClick={() => fullScreen.toggle()}
    >
      <Icon size={18} aria-hidden />
    </IconButton>
  );
}

/** A device that is not there was told of before the call, and what keeps another from delivering is
 *  not told for ever: faces are under it. The device's button goes on showing that it fails. */
function CaptureTrouble({ kind }: { readonly kind: 'microphone' | 'camera' }) {
  const app = useApp();
  const { wanted, capture } = useSelected(app.engine, ({ media }) => media[kind]);
  if (!wanted || capture.kind !== 'failed' || capture.problem === 'none') return null;
  // The engine announces this one itself, wherever one is.
  const live = capture.problem === 'vanished' ? 'off' : 'polite';
  return (
    <Passing key={capture.problem}>
      <Notice kind="caution" live={live} action={<TryAgain kind={kind} />}>
        {texts.devices.problem(kind, capture.problem, app.host.kind)}
      </Notice>
    </Passing>
  );
}
