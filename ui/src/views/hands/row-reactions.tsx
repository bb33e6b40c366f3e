// Reactions in the list of people: the last one of each, and the button that sends one.

import { SmilePlus } from 'lucide-react';
import { useState } from 'react';

import type { MemberId } from '../../protocol/wire';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { IconButton } from '../parts/icon-button';
import { Popup } from '../parts/popup';
import { useSelected } from '../use-store';
import { ReactionChoices } from './reaction-choices';
import { ReactionPicture } from './reaction-picture';
import styles from './reactions-popup.module.css';

export function RowReaction({ member }: { readonly member: MemberId }) {
  const shown = useSelected(useApp().engine, ({ reactions }) => reactions.shown);
  const last = shown.findLast(({ by }) => by === member);
  return last === undefined ? null : <ReactionPicture key={last.id} reaction={last.reaction} />;
}

export function ReactionsButton() {
  const { engine } = useApp();
  const [open, setOpen] = useState(false);
  const label = texts.reactions.send;
  return (
    <Popup
      form="popup"
      label={label}
      open={open}
      onOpenChange={setOpen}
      align="end"
      className={styles['popup']}
      trigger={
        <IconButton label={label} size="small">
          <SmilePlus size={18} aria-hidden />
        </IconButton>
      }
    >
      <ReactionChoices
        onChoose={(reaction, at) => {
          setOpen(false);
          engine.dispatch({ type: 'reaction-pressed', reaction, at });
        }}
      />
    </Popup>
  );
}
