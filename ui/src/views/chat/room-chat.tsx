// The chat beside the room, before a call: its button, its panel, the key C.

import { MessageSquare } from 'lucide-react';
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react';

import type { InsideRoom } from '../../engine/room/state';
import { texts } from '../../text/texts';
import { useApp, useDialogs } from '../app-context';
import { shortcutOf } from '../call/use-shortcuts';
import { Button } from '../parts/button';
import { LazyPart } from '../parts/lazy-part';
import { useSelected } from '../use-store';
import styles from './room-chat.module.css';
import { UnreadBadge } from './unread-badge';

const loadPanel = async () => (await import('../panel/side-panel')).SidePanel;

export interface RoomChat {
  readonly button: ReactNode;
  /** Null while it is closed. */
  readonly panel: ReactNode;
}

export function useRoomChat(room: InsideRoom): RoomChat {
  const app = useApp();
  const dialogs = useDialogs();
  const unread = useSelected(app.engine, ({ chat }) => chat.unread);
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);

  useEffect(() => {
    function pressed(event: KeyboardEvent) {
      if (shortcutOf(event, app, dialogs) !== 'toggle-chat') return;
      event.preventDefault();
      setOpen((before) => !before);
    }
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [app, dialogs]);

  const close = useCallback((by: 'keyboard' | 'pointer') => {
    setOpen(false);
    if (by === 'keyboard') button.current?.focus();
  }, []);

  return {
    button: (
      <Button
        ref={button}
        aria-expanded={open}
        aria-keyshortcuts="C"
        aria-description={unread === 0 ? undefined : texts.call.unread(unread)}
        onClick={() => setOpen((before) => !before)}
      >
        <MessageSquare size={18} aria-hidden />
        {texts.call.chat}
        <UnreadBadge count={unread} place="inline" />
      </Button>
    ),
    panel: open ? (
      <div className={styles['beside']}>
        <LazyPart
          load={loadPanel}
          of={{ name: 'chat', room, call: null, onChoose: null, onClose: close }}
        />
      </div>
    ) : null,
  };
}
