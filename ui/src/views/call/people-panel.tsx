// The people panel of a call: members and the invite link.

import { X } from 'lucide-react';
import { useEffect } from 'react';

import type { CallId } from '../../engine/state';
import { texts } from '../../text/texts';
import { useDialogs } from '../app-context';
import { IconButton } from '../parts/icon-button';
import { Sentence } from '../parts/sentence';
import { Invite } from '../room/invite';
import { PeopleList } from '../room/people-list';
import type { InsideRoom } from '../room/room-view';
import styles from './people-panel.module.css';

interface Props {
  readonly room: InsideRoom;
  readonly call: CallId;
  readonly onClose: (by: 'keyboard' | 'pointer') => void;
}

export function PeoplePanel({ room, call, onClose }: Props) {
  const dialogs = useDialogs();

  useEffect(() => {
    function pressed(event: KeyboardEvent) {
      if (event.key === 'Escape' && dialogs.open === 'none') onClose('keyboard');
    }
    // Capture phase: runs before the tooltip of a focused button handles the key.
    window.addEventListener('keydown', pressed, true);
    return () => window.removeEventListener('keydown', pressed, true);
  }, [dialogs, onClose]);

  return (
    <aside
      aria-label={texts.call.panel.peopleInRoom(room.roomSession.room)}
      className={styles['panel']}
    >
      <header className={styles['header']}>
        <h2 className={styles['title']}>{texts.call.people}</h2>
        <IconButton
          label={texts.call.panel.closePeople}
          size="small"
          onClick={(event) => onClose(event.detail === 0 ? 'keyboard' : 'pointer')}
        >
          <X size={18} aria-hidden />
        </IconButton>
      </header>
      {room.members.length === 0 ? (
        <p className={styles['nobody']}>
          <Sentence>{texts.call.panel.nobodyElse(room.roomSession.room)}</Sentence>
        </p>
      ) : (
        <PeopleList members={room.members} own={room.roomSession.email} call={call} />
      )}
      <Invite roomSession={room.roomSession} sharing="elsewhere" />
    </aside>
  );
}
