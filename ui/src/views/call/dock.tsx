// The controls at the bottom of a call. Which of them are shown follows the width of the stage.

import { PhoneOff, Settings, Users } from 'lucide-react';
import type { RefObject } from 'react';

import type { ControlSize } from '../../layout/control-size';
import { texts } from '../../text/texts';
import { useApp, useDialogs } from '../app-context';
import { DeviceMenu } from '../devices/device-menu';
import { MediaButton } from '../devices/media-button';
import type { PanelName } from '../panel/panel';
import { classes } from '../parts/classes';
import { IconButton } from '../parts/icon-button';
import { moveInToolbar } from '../parts/toolbar-keys';
import styles from './dock.module.css';
import { MoreMenu } from './more-menu';
import type { PictureInPicture } from './use-picture-in-picture';

interface Props {
  readonly size: ControlSize;
  readonly panel: PanelName | null;
  readonly peopleButton: RefObject<HTMLButtonElement | null>;
  readonly moreButton: RefObject<HTMLButtonElement | null>;
  readonly pictureInPicture: PictureInPicture | null;
  /** Opens the panel, or closes it if it is open. */
  readonly onPanel: (panel: PanelName) => void;
}

export function Dock({ size, panel, peopleButton, moreButton, pictureInPicture, onPanel }: Props) {
  const app = useApp();
  const dialogs = useDialogs();
  const words = texts.call;
  return (
    <div
      role="toolbar"
      aria-label={words.controls}
      data-region="dock"
      className={classes(styles['dock'], styles[size])}
      tabIndex={-1}
      onKeyDown={moveInToolbar}
    >
      <span className={styles['pair']}>
        <MediaButton kind="microphone" size="dock" shortcut="M" />
        {size === 'wide' ? <DeviceMenu kind="microphone" /> : null}
      </span>
      <span className={styles['pair']}>
        <MediaButton kind="camera" size="dock" shortcut="V" />
        {size === 'wide' ? <DeviceMenu kind="camera" /> : null}
      </span>
      {size === 'small' ? null : (
        <IconButton
          ref={peopleButton}
          label={words.people}
          shortcut="P"
          size="dock"
          look={panel === 'people' ? 'open' : 'in-dock'}
          aria-expanded={panel === 'people'}
          onClick={() => onPanel('people')}
        >
          <Users size={24} aria-hidden />
        </IconButton>
      )}
      {size === 'wide' ? (
        <IconButton
          label={words.settings}
          size="dock"
          look="in-dock"
          onClick={() => dialogs.show('settings')}
        >
          <Settings size={24} aria-hidden />
        </IconButton>
      ) : null}
      <MoreMenu
        size={size}
        button={moreButton}
        pictureInPicture={pictureInPicture}
        onPanel={onPanel}
      />
      <IconButton
        label={words.leave}
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
