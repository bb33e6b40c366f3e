// Selects a camera, microphone or speaker, and shows the capture problem of the selected one.

import { Camera, ChevronDown, Mic, Volume2 } from 'lucide-react';
import { useId } from 'react';

import type { Device, DeviceState } from '../../engine/state';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { Hidden } from '../parts/hidden';
import { useSelected } from '../use-store';
import { deviceOptions } from './device-options';
import styles from './device-select.module.css';

const ICONS = { camera: Camera, microphone: Mic, speaker: Volume2 };

interface Props {
  readonly kind: Device['kind'];
  readonly caption: 'shown' | 'hidden';
}

export function DeviceSelect({ kind, caption }: Props) {
  const app = useApp();
  const media = useSelected(app.engine, (state) => state.media);
  const id = useId();
  const Icon = ICONS[kind];
  const inUse = kind === 'speaker' ? null : labelInUse(media[kind]);
  const { options, value } = deviceOptions(media.devices, kind, media[kind].chosen, inUse);

  function choose(chosen: string) {
    const option = options.find((candidate) => candidate.value === chosen);
    if (option === undefined) return;
    app.engine.dispatch({ type: 'device-chosen', kind, device: option.device });
  }

  const name = texts.devices.kinds[kind];
  return (
    <div className={styles['field']}>
      <label htmlFor={id} className={styles['label']}>
        {caption === 'shown' ? name : <Hidden>{name}</Hidden>}
      </label>
      <div className={styles['frame']}>
        <Icon size={18} aria-hidden className={styles['icon']} />
        <select
          id={id}
          className={styles['select']}
          value={value}
          onChange={(event) => choose(event.currentTarget.value)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        <ChevronDown size={16} aria-hidden className={styles['chevron']} />
      </div>
    </div>
  );
}

function labelInUse({ wanted, capture }: DeviceState): string | null {
  return wanted && capture.kind === 'on' ? capture.label : null;
}
