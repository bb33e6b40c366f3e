// One person in the list of people: name, status in words or signs, and what can be done with them.

import { MicOff, Moon, VideoOff } from 'lucide-react';
import type { ReactNode } from 'react';

import type { Standing } from '../../engine/identity/queries';
import type { PersonName } from '../../engine/person-name';
import type { MemberStatus } from '../../engine/state';
import { texts } from '../../text/texts';
import { HandMark } from '../hands/hand-mark';
import { Avatar } from '../parts/avatar';
import { classes } from '../parts/classes';
import { Hidden } from '../parts/hidden';
import { StandingMark } from '../verification/standing-mark';
import styles from './people-list.module.css';

interface Props {
  readonly email: string;
  readonly person: PersonName;
  readonly who: 'self' | 'other';
  readonly status: MemberStatus;
  /** The number in the order of raised hands; null while the hand is down. */
  readonly turn: number | null;
  /** How the person is known; null for this person. */
  readonly standing: Standing | null;
  /** Where the person is, and how the connection is. */
  readonly notes: readonly string[];
  /** `under`: in the place of the email, where the list is narrow. */
  readonly notesAt: 'end' | 'under';
  readonly reaction: ReactNode;
  readonly children: ReactNode;
}

export function PersonRow({ email, person, who, status, turn, ...rest }: Props) {
  const { notes, notesAt, reaction, standing, children } = rest;
  const inCall = status.call !== null;
  const isUnder = notesAt === 'under' && notes.length > 0;
  const needsEmail = person.needsEmail || (!isUnder && person.name !== person.email);
  return (
    <li className={styles['person']}>
      <span className={styles['face']}>
        <Avatar email={email} size="normal" />
        <span className={styles['reaction']}>{reaction}</span>
      </span>
      <span className={styles['words']} title={person.email}>
        <span className={styles['line']}>
          {standing === null ? null : <StandingMark standing={standing} />}
          <bdi className={styles['name']}>{person.name}</bdi>
          {who === 'self' ? <span className={styles['self']}>{texts.room.you}</span> : null}
        </span>
        {needsEmail ? (
          <bdi className={classes(styles['email'], person.needsEmail && styles['whole'])}>
            {person.email}
          </bdi>
        ) : null}
        {isUnder ? <span className={styles['notes']}>{notes.join(' · ')}</span> : null}
      </span>
      {notesAt === 'end'
        ? notes.map((note) => (
            <span key={note} className={styles['tag']}>
              {note}
            </span>
          ))
        : null}
      <HandMark turn={turn} />
      {status.away ? (
        <>
          <Moon size={16} aria-hidden className={styles['off']} />
          <Hidden>{texts.reactions.isAway}</Hidden>
        </>
      ) : null}
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
      {children}
    </li>
  );
}
