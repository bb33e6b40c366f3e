// The own video before a call, with switches and audio level.
//
// Invariant: a camera problem is shown here and blocks nothing.

import { RotateCw, VideoOff } from 'lucide-react';
import { useState } from 'react';

import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { Avatar } from '../parts/avatar';
import { Button } from '../parts/button';
import { classes } from '../parts/classes';
import { LevelMeter } from '../parts/level-meter';
import { OwnPicture } from '../parts/own-picture';
import { useSelected } from '../use-store';
import { canTryAgain } from './can-try-again';
import { MediaButton } from './media-button';
import styles from './self-preview.module.css';

interface Props {
  readonly email: string;
  readonly label: string;
}

export function SelfPreview({ email, label }: Props) {
  const app = useApp();
  const { camera } = useSelected(app.engine, ({ media }) => media);
  const [picture, setPicture] = useState(false);
  const shown = picture && camera.wanted && camera.capture.kind === 'on';

  return (
    <div className={styles['preview']}>
      <OwnPicture
        label={label}
        className={classes(styles['video'], !shown && styles['unseen'])}
        onPicture={(size) => setPicture(size !== null)}
      />
      {shown ? null : (
        <div className={styles['without']}>
          <CameraWords email={email} />
        </div>
      )}
      <div className={styles['controls']}>
        <MediaButton kind="microphone" size="normal" />
        <MediaButton kind="camera" size="normal" />
      </div>
      <div className={styles['level']}>
        <LevelMeter source={app.local} look="over-picture" />
      </div>
    </div>
  );
}

function CameraWords({ email }: { readonly email: string }) {
  const app = useApp();
  const { camera } = useSelected(app.engine, ({ media }) => media);
  const { capture } = camera;

  if (!camera.wanted) {
    return (
      <>
        <Avatar email={email} size="fluid" />
        <p className={styles['words']}>{texts.devices.cameraIsOff}</p>
      </>
    );
  }
  if (capture.kind === 'failed') {
    return (
      <>
        <VideoOff size={28} aria-hidden className={styles['sign']} />
        <p className={styles['words']}>
          {texts.devices.problem('camera', capture.problem, app.host.kind)}
        </p>
        {canTryAgain(capture.problem) ? <TryAgain kind="camera" /> : null}
      </>
    );
  }
  return <p className={styles['words']}>{texts.devices.cameraStarts}</p>;
}

/** Retries the capture by choosing the same device. */
export function TryAgain({ kind }: { readonly kind: 'camera' | 'microphone' }) {
  const app = useApp();
  const { chosen } = useSelected(app.engine, ({ media }) => media[kind]);
  return (
    <Button
      size="small"
      aria-label={texts.devices.tryAgainWith(kind)}
      onClick={() => app.engine.dispatch({ type: 'device-chosen', kind, device: chosen })}
    >
      <RotateCw size={14} aria-hidden />
      {texts.devices.tryAgain}
    </Button>
  );
}
