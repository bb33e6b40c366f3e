// The menu beside the microphone or the camera button of a call: which device is used.

import { ChevronUp } from 'lucide-react';
import { useState } from 'react';

import type { Device, DeviceState } from '../../engine/state';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { ChoiceGroup } from '../parts/choice-group';
import { IconButton } from '../parts/icon-button';
import { Popup } from '../parts/popup';
import { useSelected } from '../use-store';
import { deviceOptions } from './device-options';
import styles from './device-menu.module.css';

interface Props {
  readonly kind: 'microphone' | 'camera';
}

export function DeviceMenu({ kind }: Props) {
  const [open, setOpen] = useState(false);
  const label = kind === 'camera' ? texts.call.chooseCamera : texts.call.chooseMicrophone;
  return (
    <Popup
      form="popup"
      label={label}
      open={open}
      onOpenChange={setOpen}
      side="top"
      trigger={
        <IconButton label={label} look="chevron" size="small" className={styles['chevron']}>
          <ChevronUp size={16} aria-hidden />
        </IconButton>
      }
    >
      <Devices kind={kind} />
      {kind === 'microphone' ? <Devices kind="speaker" /> : null}
    </Popup>
  );
}

function Devices({ kind }: { readonly kind: Device['kind'] }) {
  const app = useApp();
  const media = useSelected(app.engine, (state) => state.media);
  const inUse = kind === 'speaker' ? null : labelInUse(media[kind]);
  const { options, value } = deviceOptions(media.devices, kind, media[kind].chosen, inUse);
  return (
    <ChoiceGroup
      label={texts.devices.kinds[kind]}
      choices={options}
      value={value}
      onChange={(chosen) => {
        const option = options.find((candidate) => candidate.value === chosen);
        if (option !== undefined) {
          app.engine.dispatch({ type: 'device-chosen', kind, device: option.device });
        }
      }}
    />
  );
}

function labelInUse({ wanted, capture }: DeviceState): string | null {
  return wanted && capture.kind === 'on' ? capture.label : null;
}
