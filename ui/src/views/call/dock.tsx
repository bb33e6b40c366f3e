// The controls at the bottom of a call.

import { PhoneOff, Settings, Users } from 'lucide-react';

import type { RefObject } from 'react';

import { texts } from '../../text/texts';
import { useApp, useDialogs } from '../app-context';
import { MediaButton } from '../devices/media-button';
import { IconButton } from '../parts/icon-button';
import styles from './dock.module.css';

interface Props {
  readonly people: 'shown' | 'hidden';
  /** Receives the focus after the panel closes. */
  readonly peopleButton: RefObject<HTMLButtonElement | null>;
  readonly onPeople: () => void;
}

export function Dock({ people, peopleButton, onPeople }: Props) {
  const app = useApp();
  const dialogs = useDialogs();
  return (
    <div role="toolbar" aria-label={texts.call.controls} className={styles['dock']}>
      <MediaButton kind="microphone" size="dock" shortcut="M" />
      <MediaButton kind="camera" size="dock" shortcut="V" />
      <IconButton
        ref={peopleButton}
        label={texts.call.people}
        size="dock"
        look={people === 'shown' ? 'off' : 'in-dock'}
        aria-expanded={people === 'shown'}
        onClick={onPeople}
      >
        <Users size={24} aria-hidden />
      </IconButton>
      <IconButton
        label={texts.call.settings}
        size="dock"
        look="in-dock"
        onClick={() => dialogs.show('settings')}
      >
        <Settings size={24} aria-hidden />
      </IconButton>
      <IconButton
        label={texts.call.leave}
        shortcut="L"
        size="dock"
        look="stop"
        className={styles['leave']}
        onClick={() => app.engine.dispatch({ type: 'leave-call-pressed' })}
      >
        <PhoneOff size={24} aria-hidden />
      </IconButton>
    </div>
  );
}
