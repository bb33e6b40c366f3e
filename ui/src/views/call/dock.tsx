// The controls at the bottom of a call. Which of them are shown follows the width of the stage.

import { PhoneOff, Settings, Users } from 'lucide-react';
import type { RefObject } from 'react';

import type { ControlSize, DockForm } from '../../layout/control-size';
import { texts } from '../../text/texts';
import { useApp, useDialogs } from '../app-context';
import { ChatButton } from '../chat/chat-button';
import { DeviceMenu } from '../devices/device-menu';
import { MediaButton } from '../devices/media-button';
import { HandButton } from '../hands/hand-button';
import { ReactionsPopup } from '../hands/reactions-popup';
import type { PanelName } from '../panel/panel';
import { classes } from '../parts/classes';
import { ShareButton } from '../share/share-button';
import { IconButton } from '../parts/icon-button';
import { moveInToolbar } from '../parts/toolbar-keys';
import styles from './dock.module.css';
import { MoreMenu } from './more-menu';
import type { PictureInPicture } from './use-picture-in-picture';
import type { SmallWindow } from './use-small-window';

interface Props {
  readonly size: ControlSize;
  readonly form: DockForm;
  readonly panel: PanelName | null;
  readonly chatButton: RefObject<HTMLButtonElement | null>;
  readonly peopleButton: RefObject<HTMLButtonElement | null>;
  readonly moreButton: RefObject<HTMLButtonElement | null>;
  readonly pictureInPicture: PictureInPicture | null;
  readonly smallWindow: SmallWindow | null;
  readonly reactions: 'open' | 'closed';
  /** Opens the panel, or closes it if it is open. */
  readonly onPanel: (panel: PanelName) => void;
  readonly onReactions: (reactions: 'open' | 'closed') => void;
}

export function Dock({ size, panel, peopleButton, moreButton, pictureInPicture, ...rest }: Props) {
  const { form, smallWindow, chatButton, reactions, onPanel, onReactions } = rest;
  const app = useApp();
  const dialogs = useDialogs();
  const words = texts.call;
  const choice = (
    <ReactionsPopup
      size={size}
      anchor={moreButton}
      open={reactions === 'open'}
      onOpenChange={(open) => onReactions(open ? 'open' : 'closed')}
    />
  );
  return (
    <div
      role="toolbar"
      aria-label={words.controls}
      data-region="dock"
      className={classes(styles['dock'], styles[size], form === 'compact' && styles['compact'])}
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
      {size === 'small' ? null : <ShareButton />}
      {size === 'wide' ? (
        <span className={styles['pair']}>
          <HandButton />
          {choice}
        </span>
      ) : (
        choice
      )}
      <ChatButton button={chatButton} open={panel === 'chat'} onPress={() => onPanel('chat')} />
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
        smallWindow={smallWindow}
        onPanel={onPanel}
        onReactions={() => onReactions('open')}
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
