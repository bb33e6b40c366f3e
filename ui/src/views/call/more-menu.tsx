// The dock's More: what has no button of its own at this size.

import {
  Activity,
  Ellipsis,
  Keyboard,
  Maximize,
  Minimize,
  PictureInPicture2,
  Settings,
  Users,
} from 'lucide-react';
import { useState, type RefObject } from 'react';

import type { ControlSize } from '../../layout/control-size';
import { texts } from '../../text/texts';
import { useDialogs } from '../app-context';
import { hasPanel } from '../panel/panel-contents';
import type { PanelName } from '../panel/panel';
import { IconButton } from '../parts/icon-button';
import { MenuButton } from '../parts/menu-button';
import { Popup } from '../parts/popup';
import { useFullScreen } from './use-full-screen';
import type { PictureInPicture } from './use-picture-in-picture';

interface Props {
  readonly size: ControlSize;
  readonly button: RefObject<HTMLButtonElement | null>;
  readonly pictureInPicture: PictureInPicture | null;
  readonly onPanel: (panel: PanelName) => void;
}

export function MoreMenu({ size, button, pictureInPicture, onPanel }: Props) {
  const dialogs = useDialogs();
  const fullScreen = useFullScreen();
  const [open, setOpen] = useState(false);
  const words = texts.call;
  const isSmall = size === 'small';

  function done(act: () => void) {
    setOpen(false);
    act();
  }

  return (
    <Popup
      form={isSmall ? 'sheet' : 'popup'}
      label={words.more}
      open={open}
      onOpenChange={setOpen}
      side="top"
      trigger={
        <IconButton ref={button} label={words.more} size="dock" look={open ? 'open' : 'in-dock'}>
          <Ellipsis size={24} aria-hidden />
        </IconButton>
      }
    >
      <div>
        {isSmall ? (
          <MenuButton
            icon={Users}
            label={words.people}
            onPress={() => done(() => onPanel('people'))}
          />
        ) : null}
        {hasPanel('connections') ? (
          <MenuButton
            icon={Activity}
            label={words.panels.connections.title}
            onPress={() => done(() => onPanel('connections'))}
          />
        ) : null}
        {pictureInPicture === null ? null : (
          <MenuButton
            icon={PictureInPicture2}
            label={words.pictureInPicture[pictureInPicture.isOn ? 'exit' : 'enter']}
            onPress={() => done(() => pictureInPicture.toggle())}
          />
        )}
        {isSmall && fullScreen !== null ? (
          <MenuButton
            icon={fullScreen.isOn ? Minimize : Maximize}
            label={words.fullScreen[fullScreen.isOn ? 'exit' : 'enter']}
            onPress={() => done(() => fullScreen.toggle())}
          />
        ) : null}
        {size === 'wide' ? null : (
          <MenuButton
            icon={Settings}
            label={words.settings}
            onPress={() => done(() => dialogs.show('settings'))}
          />
        )}
        <MenuButton
          icon={Keyboard}
          label={words.shortcuts}
          shortcut="?"
          onPress={() => done(() => dialogs.show('shortcuts'))}
        />
      </div>
    </Popup>
  );
}
