// The dock's More: what has no button of its own at this size.

import {
  Activity,
  AudioLines,
  Crop,
  Ellipsis,
  Files,
  Hand,
  Keyboard,
  Leaf,
  Maximize,
  Minimize,
  PictureInPicture as SmallWindowIcon,
  PictureInPicture2,
  ScreenShare,
  ScreenShareOff,
  Settings,
  SmilePlus,
  Users,
} from 'lucide-react';
import { useState, type RefObject } from 'react';

import type { DataUse } from '../../engine/budget/content';
import type { ControlSize } from '../../layout/control-size';
import { callTexts } from '../../text/call-texts';
import { texts } from '../../text/texts';
import { useApp, useDialogs } from '../app-context';
import { hasPanel } from '../panel/panel-contents';
import type { PanelName } from '../panel/panel';
import { IconButton } from '../parts/icon-button';
import { MenuButton } from '../parts/menu-button';
import { Popup } from '../parts/popup';
import { useSelected } from '../use-store';
import { useFullScreen } from './use-full-screen';
import type { PictureInPicture } from './use-picture-in-picture';
import type { SmallWindow } from './use-small-window';

interface Props {
  readonly size: ControlSize;
  readonly button: RefObject<HTMLButtonElement | null>;
  readonly pictureInPicture: PictureInPicture | null;
  readonly smallWindow: SmallWindow | null;
  readonly onPanel: (panel: PanelName) => void;
  readonly onReactions: () => void;
}

export function MoreMenu({ size, button, pictureInPicture, smallWindow, ...rest }: Props) {
  const { onPanel, onReactions } = rest;
  const { engine, files, host } = useApp();
  const { isRaised, isSharing } = useSelected(engine, ({ hands, share }) => ({
    isRaised: hands.own.position === 'raised',
    isSharing: share.kind === 'on',
  }));
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
        {size === 'wide' ? null : (
          <>
            <MenuButton
              icon={Hand}
              label={isRaised ? texts.reactions.lowerHand : texts.reactions.raiseHand}
              shortcut="H"
              onPress={() => done(() => engine.dispatch({ type: 'hand-toggled' }))}
            />
            <MenuButton
              icon={SmilePlus}
              label={texts.reactions.send}
              shortcut="R"
              onPress={() => done(onReactions)}
            />
          </>
        )}
        {isSmall && host.canShare ? (
          <MenuButton
            icon={isSharing ? ScreenShareOff : ScreenShare}
            label={callTexts.share.toggle[isSharing ? 'on' : 'off']}
            shortcut="S"
            onPress={() => done(() => engine.dispatch({ type: 'share-toggled' }))}
          />
        ) : null}
        {host.canShare && !isSharing ? (
          <MenuButton
            icon={Crop}
            label={callTexts.share.askPart}
            onPress={() => done(() => engine.dispatch({ type: 'share-part-asked' }))}
          />
        ) : null}
        {isSmall ? (
          <MenuButton
            icon={Users}
            label={words.people}
            onPress={() => done(() => onPanel('people'))}
          />
        ) : null}
        {files === null ? null : (
          <MenuButton
            icon={Files}
            label={words.panels.files.title}
            panel="files"
            onPress={() => done(() => onPanel('files'))}
          />
        )}
        {hasPanel('connections') ? (
          <MenuButton
            icon={Activity}
            label={words.panels.connections.title}
            onPress={() => done(() => onPanel('connections'))}
          />
        ) : null}
        <DataUseRows />
        {smallWindow === null ? null : (
          <MenuButton
            icon={SmallWindowIcon}
            label={words.smallWindow[smallWindow.isOn ? 'exit' : 'enter']}
            onPress={() => done(() => smallWindow.toggle())}
          />
        )}
        {pictureInPicture === null || smallWindow !== null ? null : (
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

/** Two switches: one of them is on at most. */
function DataUseRows() {
  const { engine } = useApp();
  const { dataUse, keptDataUse } = useSelected(engine, (state) => ({
    dataUse: state.budget.dataUse,
    keptDataUse: state.keptDataUse,
  }));
  const words = callTexts.dataUse;

  function choose(next: DataUse) {
    engine.dispatch({ type: 'data-use-chosen', dataUse: next });
  }

  return (
    <>
      <MenuButton
        icon={Leaf}
        label={words.saveData}
        state={dataUse === 'saving' ? 'on' : 'off'}
        onPress={() => choose(dataUse === 'saving' ? 'full' : 'saving')}
      />
      <MenuButton
        icon={AudioLines}
        label={words.audioOnly}
        state={dataUse === 'audio-only' ? 'on' : 'off'}
        onPress={() => choose(dataUse === 'audio-only' ? keptDataUse : 'audio-only')}
      />
    </>
  );
}
