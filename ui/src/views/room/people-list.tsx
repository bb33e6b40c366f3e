// The other members of the room in order of arrival, with their status.

import { MicOff, Phone, VideoOff } from 'lucide-react';

import { fullName, personNames, type PersonName } from '../../engine/person-name';
import type { CallId, Member } from '../../engine/state';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { Avatar } from '../parts/avatar';
import { classes } from '../parts/classes';
import { Hidden } from '../parts/hidden';
import { IconButton } from '../parts/icon-button';
import { useStore } from '../use-store';
import styles from './people-list.module.css';

const NOBODY: PersonName = { name: '', email: '', needsEmail: false };

/** A longer list scrolls. */
const FITTING = 4;

interface Props {
  readonly members: readonly Member[];
  /** The own email, so that a look-alike name shows its email. */
  readonly own: string;
  /** The call beside the list; null outside a call. */
  readonly call: CallId | null;
}

export function PeopleList({ members, own, call }: Props) {
  const app = useApp();
  const { canCall } = useStore(app.engine);
  const [, ...names] = personNames([own, ...members.map(({ email }) => email)]);
  return (
    <ul
      aria-label={texts.room.people}
      className={styles['people']}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- arrow keys scroll a long list
      tabIndex={members.length > FITTING ? 0 : undefined}
    >
      {members.map((member, index) => (
        <Person
          key={member.id}
          member={member}
          person={names[index] ?? NOBODY}
          tag={tagOf(member, call)}
          onCall={
            canCall && mayBeCalled(member, call)
              ? () =>
                  app.engine.dispatch({
                    type: 'call-member-pressed',
                    member: member.id,
                    newCall: app.newId(),
                  })
              : null
          }
        />
      ))}
    </ul>
  );
}

function tagOf({ presence, status }: Member, call: CallId | null): string | null {
  const { tags } = texts.room;
  if (presence === 'lost') return tags.lost;
  if (!status.calls) return tags.cannotBeCalled;
  if (call === null) return status.call === null ? null : tags.inCall;
  if (status.call === call) return null;
  return status.call === null ? tags.notInCall : tags.inOtherCall;
}

function mayBeCalled({ presence, status }: Member, call: CallId | null): boolean {
  if (presence === 'lost') return false;
  return status.calls && (call === null || status.call !== call);
}

interface PersonProps {
  readonly member: Member;
  readonly person: PersonName;
  readonly tag: string | null;
  readonly onCall: (() => void) | null;
}

function Person({ member, person, tag, onCall }: PersonProps) {
  const { status } = member;
  const { name, email } = person;
  const inCall = status.call !== null;
  return (
    <li className={styles['person']}>
      <Avatar email={member.email} size="normal" />
      <span className={styles['words']}>
        <bdi className={styles['name']}>{name}</bdi>
        {name === email ? null : (
          <bdi
            className={classes(styles['email'], person.needsEmail && styles['whole'])}
            title={email}
          >
            {email}
          </bdi>
        )}
      </span>
      {tag === null ? null : <span className={styles['tag']}>{tag}</span>}
      {inCall && !status.microphone ? (
        <>
          <MicOff size={16} aria-hidden className={styles['off']} />
          <Hidden>{texts.room.muted}</Hidden>
        </>
      ) : null}
      {inCall && !status.camera ? (
        <>
          <VideoOff size={16} aria-hidden className={styles['off']} />
          <Hidden>{texts.room.cameraOff}</Hidden>
        </>
      ) : null}
      {onCall === null ? null : (
        <IconButton label={texts.room.callMember(fullName(person))} size="small" onClick={onCall}>
          <Phone size={18} aria-hidden />
        </IconButton>
      )}
    </li>
  );
}
