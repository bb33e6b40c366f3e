// The header of the stage: room or person, time, call status, layout, problems.

import { Maximize, MicOff, Minimize } from 'lucide-react';
import type { Ref } from 'react';

import type { ControlSize } from '../../layout/control-size';
import type { TileKey } from '../../layout/media';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
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
import { useStore } from '../use-store';
import { CallClock } from './call-clock';
import styles from './call-header.module.css';
import type { CallStatus } from './call-status';
import type { Participant } from './participants';
import type { AutoplayGate } from './autoplay-gate';
import { LayoutMenu } from './layout-menu';
import { StatusRegion } from './status-region';
import { TileMenu } from './tile-menu';
import { useFaded } from './use-faded';
import { useFullScreen } from './use-full-screen';

interface Props {
  readonly ref: Ref<HTMLElement>;
  readonly room: string;
  readonly participants: readonly Participant[];
  readonly status: CallStatus;
  readonly gate: AutoplayGate;
  readonly resting: boolean;
  readonly size: ControlSize;
  /** Who fills the stage; null if tiles have their own captions. */
  readonly full: Participant | null;
  readonly onConnectionDetails: ((peer: TileKey) => void) | null;
}

export function CallHeader({ ref, participants, status, gate, resting, full, ...rest }: Props) {
  const { room, size, onConnectionDetails } = rest;
  const soundWaits = useStore(gate);
  const isCalm = status.mood === 'calm';
  // What has to stay in sight is the microphone.
  const rests = isCalm && resting;
  const muted = full?.microphone === 'off';
  const hidesStatus = useFaded(isCalm);

  return (
    <header ref={ref} className={styles['header']}>
      <div className={styles['row']}>
        <div
          className={classes(
            styles['line'],
            full !== null && styles['of-one'],
            rests && !muted && styles['resting'],
          )}
        >
          <div className={styles['who']}>
            <p className={styles['title']}>
              {full === null ? (
                <Sentence>{texts.call.room(room)}</Sentence>
              ) : (
                <bdi>{full.name}</bdi>
              )}
            </p>
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
          {full === null ? null : (
            <TileMenu
              participant={full}
              place="header"
              number={participants.indexOf(full) + 1}
              onConnectionDetails={onConnectionDetails}
            />
          )}
          <LayoutMenu form={size === 'small' ? 'sheet' : 'popup'} />
          {size === 'small' ? null : <FullScreenButton />}
        </div>
      </div>
      <div className={styles['notices']}>
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
  const { wanted, capture } = useStore(app.engine).media[kind];
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
