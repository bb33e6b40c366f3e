// The options of a person's tile: a button that shows on hover and focus, also opened by a long
// press, the right button and Shift+F10.

import { Activity, Ellipsis, Expand, Pin, PinOff, ShieldQuestionMark, VolumeX } from 'lucide-react';
import { useRef, type MouseEvent, type PointerEvent } from 'react';

import { plainText } from '../../engine/sentence';
import type { TileKey } from '../../layout/media';
import { callTexts } from '../../text/call-texts';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { BlockRow } from '../blocking/block-row';
import { IconButton } from '../parts/icon-button';
import { MenuButton } from '../parts/menu-button';
import { Popup } from '../parts/popup';
import { Sentence } from '../parts/sentence';
import { useSelected } from '../use-store';
import type { Participant } from './participants';
import { useStageChoices } from './stage-choices';
import styles from './tile-menu.module.css';
import { Volume } from './volume';

const LONG_PRESS_MS = 500;
/** A longer movement is no press. */
const STILL_PX = 8;
const NUMBERED = 8;

export interface TileHandlers {
  onContextMenu(event: MouseEvent): void;
  onPointerDown(event: PointerEvent): void;
  onPointerMove(event: PointerEvent): void;
  onPointerUp(): void;
  onPointerCancel(): void;
}

/** What opens the options from the tile itself. */
export function useTileHandlers(peer: TileKey): TileHandlers {
  const { showMenu } = useStageChoices();
  const press = useRef<{ timer: number; x: number; y: number } | null>(null);
  const release = () => {
    if (press.current !== null) window.clearTimeout(press.current.timer);
    press.current = null;
  };
  return {
    // The right button, Shift+F10, and a long press in most browsers.
    onContextMenu(event) {
      event.preventDefault();
      release();
      showMenu(peer);
    },
    // Safari tells nothing of a long press.
    onPointerDown({ pointerType, clientX: x, clientY: y }) {
      release();
      if (pointerType === 'mouse') return;
      press.current = { timer: window.setTimeout(() => showMenu(peer), LONG_PRESS_MS), x, y };
    },
    onPointerMove({ clientX, clientY }) {
      const from = press.current;
      if (from !== null && Math.hypot(clientX - from.x, clientY - from.y) > STILL_PX) release();
    },
    onPointerUp: release,
    onPointerCancel: release,
  };
}

interface Props {
  readonly participant: Participant;
  /** In the tile it shows on hover and focus; in the header always. */
  readonly place: 'tile' | 'header';
  /** The key that pins it, from 1. */
  readonly number: number;
  /** Null while there is no such panel. */
  readonly onConnectionDetails: ((peer: TileKey) => void) | null;
}

export function TileMenu({ participant, place, number, onConnectionDetails }: Props) {
  const choices = useStageChoices();
  const { peer, person } = participant;
  const words = texts.call.tile;
  const choice = choices.tile(peer);
  const canVerify = useSelected(
    useApp().engine,
    ({ verification }) => verification.stage.kind !== 'off',
  );
  const isPinned = choices.pins.includes(peer);
  const label = plainText(words.options(person.name));

  function done(act: () => void) {
    choices.showMenu(null);
    act();
  }

  return (
    <Popup
      form="popup"
      label={label}
      open={choices.menu === peer}
      onOpenChange={(open) => choices.showMenu(open ? peer : null)}
      side={place === 'tile' ? 'top' : 'bottom'}
      align="end"
      trigger={
        <IconButton
          label={label}
          size="small"
          look="over-picture"
          className={place === 'tile' ? styles['button'] : undefined}
        >
          <Ellipsis size={18} aria-hidden />
        </IconButton>
      }
    >
      <MenuButton
        icon={isPinned ? PinOff : Pin}
        label={isPinned ? words.unpin : words.pin}
        shortcut={number > NUMBERED ? undefined : String(number)}
        onPress={() => done(() => choices.togglePin(peer))}
      />
      <Volume volume={choice.volume} onChange={(volume) => choices.changeTile(peer, { volume })} />
      <MenuButton
        icon={VolumeX}
        label={words.muteForMe}
        state={choice.heard === 'muted' ? 'on' : 'off'}
        onPress={() =>
          choices.changeTile(peer, { heard: choice.heard === 'muted' ? 'yes' : 'muted' })
        }
      />
      <MenuButton
        icon={Expand}
        label={words.fitWholePicture}
        state={choice.fit === 'whole' ? 'on' : 'off'}
        onPress={() =>
          choices.changeTile(peer, { fit: choice.fit === 'whole' ? 'automatic' : 'whole' })
        }
      />
      {onConnectionDetails === null ? null : (
        <MenuButton
          icon={Activity}
          label={words.connectionDetails}
          onPress={() => done(() => onConnectionDetails(peer))}
        />
      )}
      {canVerify ? (
        <MenuButton
          icon={ShieldQuestionMark}
          label={words.verify}
          onPress={() => done(() => choices.showVerification('open'))}
        />
      ) : null}
      <BlockRow
        member={participant.member}
        name={participant.name}
        onDone={() => choices.showMenu(null)}
      />
      <SentNote participant={participant} />
    </Popup>
  );
}

/** Why the person gets less than this person's whole picture. */
function SentNote({ participant: { peer, name } }: Pick<Props, 'participant'>) {
  const grants = useSelected(useApp().engine, ({ budget }) => budget.grants);
  const own = grants.find((one) => one.peer === peer);
  const words = own === undefined ? null : callTexts.dataUse.sentShort(name, own);
  if (words === null) return null;
  return (
    <p className={styles['note']}>
      <Sentence>{words}</Sentence>
    </p>
  );
}
