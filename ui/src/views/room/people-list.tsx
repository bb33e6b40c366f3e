// Everybody in the room, with their status: raised hands first, in their order, then this person,
// then the others in order of arrival.

import { ArrowDownToLine, Hand, Phone } from 'lucide-react';
import type { ReactNode } from 'react';

import { callAbility } from '../../engine/address/queries';
import { isBlocked } from '../../engine/blocking/queries';
import { shownHands, turnOf } from '../../engine/hands/order';
import { standingOf } from '../../engine/identity/queries';
import { isPrivateStay, ownStatus } from '../../engine/room/queries';
import { fullName, personNames, type PersonName } from '../../engine/person-name';
import type { InsideRoom } from '../../engine/room/state';
import type { CallId, Member } from '../../engine/state';
import type { MemberId } from '../../protocol/wire';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { classes } from '../parts/classes';
import { IconButton } from '../parts/icon-button';
import { useLoaded } from '../parts/use-loaded';
import { useSelected } from '../use-store';
import styles from './people-list.module.css';
import { PersonRow } from './person-row';
import { RemoveButton } from './remove-button';

/** Later: the lobby is to be light. */
const loadBlocking = async () => import('../blocking/block-button');
const loadReactions = async () => import('../hands/row-reactions');

const NOBODY: PersonName = { name: '', email: '', needsEmail: false };

/** A longer list scrolls. */
const FITTING = 4;

interface Props {
  readonly room: InsideRoom;
  /** The call beside the list; null outside a call. */
  readonly call: CallId | null;
  /** What is wrong with the connection to a peer of the call, in words. */
  readonly connections?: ReadonlyMap<MemberId, string>;
}

export function PeopleList({ room, call, connections }: Props) {
  const { self, members, roomSession } = room;
  const reactions = useLoaded(loadReactions);
  const blocking = useLoaded(loadBlocking);
  const hands = useSelected(useApp().engine, shownHands);
  const [own = NOBODY, ...others] = personNames([
    roomSession.email,
    ...members.map(({ email }) => email),
  ]);
  const inOrder = (a: MemberId, b: MemberId): number =>
    (turnOf(hands, a) ?? hands.length + 1) - (turnOf(hands, b) ?? hands.length + 1);
  const rows = [
    { id: self, member: null, person: own },
    ...members.map((member, index) => ({
      id: member.id,
      member,
      person: others[index] ?? NOBODY,
    })),
  ].toSorted((a, b) => inOrder(a.id, b.id));

  return (
    <ul
      aria-label={texts.room.people}
      className={classes(styles['people'], call === null && styles['bounded'])}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- arrow keys scroll a long list
      tabIndex={call === null && rows.length > FITTING ? 0 : undefined}
    >
      {rows.map(({ id, member, person }) => {
        const reaction = reactions === null ? null : <reactions.RowReaction member={id} />;
        const common = { person, turn: turnOf(hands, id), call, reaction };
        return member === null ? (
          <OwnRow key={id} email={roomSession.email} {...common}>
            {reactions === null ? null : <reactions.ReactionsButton />}
          </OwnRow>
        ) : (
          <MemberRow key={id} member={member} trouble={connections?.get(id) ?? null} {...common}>
            {blocking === null ? null : (
              <blocking.BlockButton member={id} name={fullName(person)} />
            )}
            {isPrivateStay(roomSession) ? (
              <RemoveButton member={id} name={fullName(person)} />
            ) : null}
          </MemberRow>
        );
      })}
    </ul>
  );
}

interface RowProps {
  readonly person: PersonName;
  readonly turn: number | null;
  readonly call: CallId | null;
  readonly reaction: ReactNode;
}

interface OwnRowProps extends RowProps {
  readonly email: string;
  /** What is in the dock while there is a call. */
  readonly children: ReactNode;
}

function OwnRow({ email, person, turn, call, reaction, children }: OwnRowProps) {
  const { engine } = useApp();
  const words = texts.reactions;
  return (
    <PersonRow
      email={email}
      person={person}
      who="self"
      status={useSelected(engine, ownStatus)}
      turn={turn}
      standing={null}
      notes={[]}
      notesAt="end"
      reaction={reaction}
    >
      {call === null ? (
        <>
          {children}
          <IconButton
            label={turn === null ? words.raiseHand : words.lowerHand}
            size="small"
            onClick={() => engine.dispatch({ type: 'hand-toggled' })}
          >
            <Hand size={18} aria-hidden />
          </IconButton>
        </>
      ) : null}
    </PersonRow>
  );
}

interface MemberRowProps extends RowProps {
  readonly member: Member;
  readonly trouble: string | null;
  readonly children: ReactNode;
}

function MemberRow({ member, person, turn, call, trouble, reaction, children }: MemberRowProps) {
  const app = useApp();
  const canCall = useSelected(app.engine, (state) => callAbility(state) === 'can-call');
  const { email, status } = member;
  const standing = useSelected(app.engine, ({ identity }) =>
    standingOf(identity, { email, session: status.session }),
  );
  const blocked = useSelected(app.engine, (state) => isBlocked(state, member.id));
  const tag = blocked ? texts.room.tags.blocked : tagOf(member, call);
  const name = fullName(person);
  return (
    <PersonRow
      email={member.email}
      person={person}
      who="other"
      status={member.status}
      turn={turn}
      standing={standing}
      notes={[tag, trouble].filter((note) => note !== null)}
      notesAt={call === null ? 'end' : 'under'}
      reaction={reaction}
    >
      {turn !== null && member.presence === 'here' ? (
        <IconButton
          label={texts.reactions.askToLower(name)}
          size="small"
          onClick={() => {
            app.engine.dispatch({ type: 'lower-hand-asked', member: member.id });
            app.notify(texts.reactions.asked(name));
          }}
        >
          <ArrowDownToLine size={18} aria-hidden />
        </IconButton>
      ) : null}
      {canCall && !blocked && mayBeCalled(member, call) ? (
        <IconButton
          label={texts.room.callMember(name)}
          size="small"
          onClick={() =>
            app.engine.dispatch({
              type: 'call-member-pressed',
              member: member.id,
              newCall: app.newId(),
            })
          }
        >
          <Phone size={18} aria-hidden />
        </IconButton>
      ) : null}
      {children}
    </PersonRow>
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
