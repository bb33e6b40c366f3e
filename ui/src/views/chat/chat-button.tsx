// Opens the chat in the dock of a call; a badge counts the messages that are not read.

import { MessageSquare } from 'lucide-react';
import type { RefObject } from 'react';

import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { IconButton } from '../parts/icon-button';
import { useSelected } from '../use-store';
import { UnreadBadge } from './unread-badge';

interface Props {
  readonly button: RefObject<HTMLButtonElement | null>;
  readonly open: boolean;
  readonly onPress: () => void;
}

export function ChatButton({ button, open, onPress }: Props) {
  const unread = useSelected(useApp().engine, ({ chat }) => chat.unread);
  return (
    <IconButton
      ref={button}
      label={texts.call.chat}
      shortcut="C"
      size="dock"
      look={open ? 'open' : 'in-dock'}
      aria-expanded={open}
      aria-description={unread === 0 ? undefined : texts.call.unread(unread)}
      onClick={onPress}
    >
      <MessageSquare size={24} aria-hidden />
      <UnreadBadge count={unread} place="corner" />
    </IconButton>
  );
}
