// The people panel of a call: members and the invite link.

import { texts } from '../../text/texts';
import { Sentence } from '../parts/sentence';
import { Invite } from '../room/invite';
import { PeopleList } from '../room/people-list';
import type { PanelProps } from './panel';
import styles from './people-panel.module.css';

export function PeoplePanel({ room, call }: PanelProps) {
  const { roomSession, members } = room;
  return (
    <>
      {members.length === 0 ? (
        <p className={styles['nobody']}>
          <Sentence>{texts.call.nobodyElse(roomSession.room)}</Sentence>
        </p>
      ) : (
        <PeopleList members={members} own={roomSession.email} call={call} />
      )}
      <Invite roomSession={roomSession} sharing="elsewhere" />
    </>
  );
}
