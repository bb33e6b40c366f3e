// Who else is in the room, in order of arrival, and what they say of themselves.

import { MicOff, VideoOff } from 'lucide-react';

import type { CallId, Member } from '../../engine/state';
import { Avatar } from '../parts/avatar';
import { Hidden } from '../parts/hidden';
import { displayName } from '../person';
import styles from './people-list.module.css';

/** More than these are scrolled. */
const FITTING = 4;

interface Props {
  readonly members: readonly Member[];
  /** The call that the list stands beside; null outside one. */
  readonly call: CallId | null;
}

export function PeopleList({ members, call }: Props) {
  return (
    <ul
      aria-label="People"
      className={styles['people']}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- arrow keys scroll a long list
      tabIndex={members.length > FITTING ? 0 : undefined}
    >
      {members.map((member) => (
        <Person key={member.id} member={member} tag={tagOf(member, call)} />
      ))}
    </ul>
  );
}

function tagOf({ status }: Member, call: CallId | null): string | null {
  if (!status.calls) return 'Cannot be called';
  if (call === null) return status.call === null ? null : 'In a call';
  if (status.call === call) return null;
  return status.call === null ? 'Not in the call' : 'In another call';
}

function Person({ member, tag }: { readonly member: Member; readonly tag: string | null }) {
  const { email, status } = member;
  const name = displayName(email);
  const inCall = status.call !== null;
  return (
    <li className={styles['person']}>
      <Avatar email={email} size="normal" />
      <span className={styles['words']}>
        <span className={styles['name']}>{name}</span>
        {name === email ? null : (
          <span className={styles['email']} title={email}>
            {email}
          </span>
        )}
      </span>
      {tag === null ? null : <span className={styles['tag']}>{tag}</span>}
      {inCall && !status.microphone ? (
        <>
          <MicOff size={16} aria-hidden className={styles['off']} />
          <Hidden>Muted</Hidden>
        </>
      ) : null}
      {inCall && !status.camera ? (
        <>
          <VideoOff size={16} aria-hidden className={styles['off']} />
          <Hidden>Camera off</Hidden>
        </>
      ) : null}
    </li>
  );
}
