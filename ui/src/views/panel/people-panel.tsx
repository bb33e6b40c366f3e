// The people panel of a call: members and the invite link.

import { capacityOf } from '../../engine/budget/capacity';
import { measuredLine } from '../../engine/budget/measured-line';
import { isPrivateStay } from '../../engine/room/queries';
import type { PeerId } from '../../engine/state';
import type { MemberId } from '../../protocol/wire';
import { callTexts } from '../../text/call-texts';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { participantsOf, type Participant } from '../call/participants';
import { useWeakPeers } from '../call/use-weak-peers';
import { Sentence } from '../parts/sentence';
import { Invite } from '../room/invite';
import { LazyEntry } from '../room/lazy-entry';
import { PeopleList } from '../room/people-list';
import { useSelected } from '../use-store';
import type { PanelProps } from './panel';
import styles from './people-panel.module.css';

export function PeoplePanel({ room, call }: PanelProps) {
  const { roomSession, members } = room;
  const participants = useSelected(useApp().engine, participantsOf);
  const weak = useWeakPeers(participants);
  return (
    <>
      {members.length === 0 ? (
        <p className={styles['nobody']}>
          <Sentence>{texts.call.nobodyElse(roomSession.room)}</Sentence>
        </p>
      ) : (
        <PeopleList room={room} call={call} connections={connectionNotes(participants, weak)} />
      )}
      {isPrivateStay(roomSession) ? <LazyEntry /> : null}
      <LineCapacity />
      <Invite roomSession={roomSession} sharing="elsewhere" />
    </>
  );
}

type Trouble = readonly [MemberId, string];

/** What is wrong with the connections of this call, by member. */
function connectionNotes(
  participants: readonly Participant[],
  weak: ReadonlySet<PeerId>,
): ReadonlyMap<MemberId, string> {
  const words = texts.call;
  const troubled = participants.flatMap(({ peer, member, phase }): readonly Trouble[] => {
    if (phase !== 'connected') return [[member, words.phases[phase]]];
    return weak.has(peer) ? [[member, words.tile.weakConnection]] : [];
  });
  return new Map(troubled);
}

/** How many people the line carries, as far as this call has shown it. */
function LineCapacity() {
  const line = useSelected(useApp().engine, measuredLine);
  if (line === null) return null;
  const capacity = capacityOf(line.bps, line.encodeMs);
  return <p className={styles['capacity']}>{callTexts.dataUse.capacity(capacity, line.kind)}</p>;
}
