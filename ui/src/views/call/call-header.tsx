// The header of the stage: members, call status, problems.

import { MicOff } from 'lucide-react';
import type { Ref } from 'react';

import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { TryAgain } from '../devices/self-preview';
import { Button } from '../parts/button';
import { classes } from '../parts/classes';
import { Hidden } from '../parts/hidden';
import { Notice } from '../parts/notice';
import { Passing } from '../parts/passing';
import { ProblemNotices } from '../parts/problem-notices';
import { Sentence } from '../parts/sentence';
import { useStore } from '../use-store';
import styles from './call-header.module.css';
import type { CallStatus } from './call-status';
import type { Participant } from './participants';
import type { AutoplayGate } from './autoplay-gate';
import { StatusRegion } from './status-region';

interface Props {
  readonly ref: Ref<HTMLElement>;
  readonly room: string;
  readonly participants: readonly Participant[];
  readonly status: CallStatus;
  readonly gate: AutoplayGate;
  readonly resting: boolean;
}

export function CallHeader({ ref, room, participants, status, gate, resting }: Props) {
  const soundWaits = useStore(gate);
  const [only, second] = participants;
  const one = only !== undefined && second === undefined ? only : null;
  const muted = one?.microphone === 'off';
  // What has to stay in sight is the microphone.
  const calm = status.mood === 'calm' && !muted;

  return (
    <header ref={ref} className={styles['header']}>
      <div
        className={classes(
          styles['line'],
          one !== null && styles['of-one'],
          calm && resting && styles['resting'],
        )}
      >
        <div className={styles['who']}>
          <p className={styles['title']}>
            {one === null ? (
              <>
                <Sentence>{texts.call.room(room)}</Sentence>
              </>
            ) : (
              <bdi>{one.name}</bdi>
            )}
          </p>
          {muted ? (
            <>
              <MicOff size={16} aria-hidden className={styles['muted']} />
              <Hidden>{texts.call.muted}</Hidden>
            </>
          ) : null}
        </div>
        <StatusRegion className={classes(styles['status'], styles[status.mood])}>
          {status.words}
        </StatusRegion>
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
