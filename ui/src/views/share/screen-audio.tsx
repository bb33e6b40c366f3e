// The audio of a shared screen: how loud it is, and whether it is heard, only here.

import { Volume2, VolumeX } from 'lucide-react';

import { plainText } from '../../engine/sentence';
import type { TileKey } from '../../layout/media';
import type { StreamSource } from '../../ports';
import { callTexts } from '../../text/call-texts';
import { texts } from '../../text/texts';
import { useStageChoices } from '../call/stage-choices';
import { Volume } from '../call/volume';
import { IconButton } from '../parts/icon-button';
import { MenuButton } from '../parts/menu-button';
import { Popup } from '../parts/popup';
import { useStore } from '../use-store';

interface Props {
  /** Of the screen's tile. */
  readonly tileKey: TileKey;
  readonly name: string;
  readonly source: StreamSource;
}

/** Nothing for a screen without audio. */
export function ScreenAudio({ tileKey, name, source }: Props) {
  const stream = useStore(source);
  const choices = useStageChoices();
  if (stream === null || stream.getAudioTracks().length === 0) return null;
  const { volume, heard } = choices.tile(tileKey);
  const isMuted = heard === 'muted';
  const Icon = isMuted ? VolumeX : Volume2;
  const label = plainText(callTexts.share.audio(name));
  return (
    <Popup
      form="popup"
      label={label}
      open={choices.menu === tileKey}
      onOpenChange={(open) => choices.showMenu(open ? tileKey : null)}
      side="top"
      align="end"
      trigger={
        <IconButton label={label} size="small" look="over-picture">
          <Icon size={18} aria-hidden />
        </IconButton>
      }
    >
      <Volume
        volume={volume}
        onChange={(changed) => choices.changeTile(tileKey, { volume: changed })}
      />
      <MenuButton
        icon={VolumeX}
        label={texts.call.tile.muteForMe}
        state={isMuted ? 'on' : 'off'}
        onPress={() => choices.changeTile(tileKey, { heard: isMuted ? 'yes' : 'muted' })}
      />
    </Popup>
  );
}
