// Blocks somebody in the list of people, after saying what that means; or lets them off again.

import { Ban, UserCheck } from 'lucide-react';
import { useState } from 'react';

import { isBlocked } from '../../engine/blocking/queries';
import { plainText } from '../../engine/sentence';
import type { MemberId } from '../../protocol/wire';
import { blockingTexts } from '../../text/blocking-texts';
import { useApp } from '../app-context';
import { IconButton } from '../parts/icon-button';
import { Popup } from '../parts/popup';
import { useSelected } from '../use-store';
import { BlockQuestion } from './block-question';

interface Props {
  readonly member: MemberId;
  readonly name: string;
}

export function BlockButton({ member, name }: Props) {
  const { engine } = useApp();
  const [open, setOpen] = useState(false);
  if (useSelected(engine, (state) => isBlocked(state, member))) {
    return (
      <IconButton
        label={plainText(blockingTexts.unblock(name))}
        size="small"
        onClick={() => engine.dispatch({ type: 'person-unblocked', member })}
      >
        <UserCheck size={18} aria-hidden />
      </IconButton>
    );
  }
  const label = plainText(blockingTexts.block(name));
  return (
    <Popup
      form="popup"
      label={label}
      open={open}
      onOpenChange={setOpen}
      align="end"
      trigger={
        <IconButton label={label} size="small">
          <Ban size={18} aria-hidden />
        </IconButton>
      }
    >
      <BlockQuestion member={member} name={name} onDone={() => setOpen(false)} />
    </Popup>
  );
}
