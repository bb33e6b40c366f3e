// Toggles the microphone or the camera: the name is the action, the look is the state.

import { Mic, MicOff, Video, VideoOff } from 'lucide-react';

import type { DeviceState } from '../../engine/state';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { IconButton } from '../parts/icon-button';
import { useSelected } from '../use-store';
import styles from './media-button.module.css';

interface Props {
  readonly kind: 'microphone' | 'camera';
  readonly size: 'normal' | 'dock';
  /** Set only if the shortcut works. */
  readonly shortcut?: string;
}

export function MediaButton({ kind, size, shortcut }: Props) {
  const app = useApp();
  const device = useSelected(app.engine, ({ media }) => media[kind]);
  const failed = hasFailed(device);
  const off = !device.wanted || failed;
  const Icon = ICONS[kind][off ? 'off' : 'on'];

  return (
    <IconButton
      label={texts.devices.toggle[kind][device.wanted ? 'on' : 'off']}
      {...(shortcut === undefined ? {} : { shortcut })}
      look={off ? 'off' : size === 'dock' ? 'in-dock' : 'over-picture'}
      size={size}
      onClick={() =>
        app.engine.dispatch({
          type: kind === 'camera' ? 'camera-toggled' : 'microphone-toggled',
        })
      }
    >
      <Icon size={size === 'dock' ? 24 : 20} aria-hidden />
      {failed ? (
        <span className={styles['badge']} aria-hidden>
          !
        </span>
      ) : null}
    </IconButton>
  );
}

const ICONS = {
  microphone: { on: Mic, off: MicOff },
  camera: { on: Video, off: VideoOff },
} as const;

function hasFailed(device: DeviceState): boolean {
  return device.wanted && device.capture.kind === 'failed';
}
