// What members say besides calls, on the channel of a connection or by the relay, checked where it
// enters.
//
// Invariant: both ways have one quota. A member that sends too much or nonsense is muted, and this
// person is told once; everything else goes on.

import { peerOf } from '../peer/queries';
import type { Member } from '../room/state';
import { insideRoom, memberOf, notify, type StepContext } from '../step-context';
import { readTalk } from '../wire/talk/talk-message';
import type { MemberId } from '../../protocol/wire';
import { costOf } from './cost';
import type { TalkEvent } from './events';
import { newQuota, spend } from './quota';
import type { Hearing } from './state';

export function handleTalkEvent(context: StepContext, event: TalkEvent): void {
  const peer = peerOf(context, event.peer);
  if (peer === null) return;
  switch (event.type) {
    case 'talk-opened':
      return opened(context, event.peer, peer.member);
    case 'talk-message':
      if (!context.state.talk.includes(event.peer)) return;
      return hear(context, { ...event, from: peer.member, email: peer.email });
  }
}

/** By the relay. */
export function handleTalkRelayed(
  context: StepContext,
  { id, email }: Member,
  payload: string,
  at: number,
): void {
  hear(context, { from: id, email, at, text: payload });
}

/** Nothing is kept of peers that have left the call, and of members that have left the room. */
export function forgetTalk(context: StepContext): void {
  const { call, talk, hearing } = context.state;
  const peers = call.kind === 'active' ? call.peers : [];
  const isOpen = (id: string): boolean => peers.some((peer) => peer.id === id);
  if (!talk.every(isOpen)) context.state = { ...context.state, talk: talk.filter(isOpen) };
  const isHere = (id: MemberId): boolean =>
    peers.some(({ member }) => member === id) || memberOf(context, id) !== null;
  const heard = Object.entries(hearing);
  const kept = heard.filter(([id]) => isHere(id));
  if (kept.length < heard.length) {
    context.state = { ...context.state, hearing: Object.fromEntries(kept) };
  }
}

/** A new connection: a muted member is read again, with what is left of its quota. */
function opened(context: StepContext, peer: string, member: MemberId): void {
  const { talk, hearing } = context.state;
  if (!talk.includes(peer)) context.state = { ...context.state, talk: [...talk, peer] };
  const known = hearing[member];
  if (known !== undefined) setHearing(context, member, { ...known, reading: 'open' });
  context.raise({ type: 'talk-ready', peer, member });
}

interface Saying {
  readonly from: MemberId;
  readonly email: string;
  readonly at: number;
  readonly text: string | null;
}

function hear(context: StepContext, { from, email, at, text }: Saying): void {
  const hearing = context.state.hearing[from] ?? { quota: newQuota(at), reading: 'open' };
  if (hearing.reading === 'muted' || insideRoom(context) === null) return;
  const read = text === null ? ({ kind: 'malformed' } as const) : readTalk(text);
  const quota = spend(hearing.quota, at, costOf(read));
  if (quota === null) {
    setHearing(context, from, { ...hearing, reading: 'muted' });
    return notify(context, { code: 'talk-muted', email }, null);
  }
  setHearing(context, from, { ...hearing, quota });
  if (read.kind === 'message') {
    context.raise({ type: 'talk-heard', from, at, message: read.message });
  }
}

function setHearing(context: StepContext, member: MemberId, hearing: Hearing): void {
  const { hearing: before } = context.state;
  context.state = { ...context.state, hearing: { ...before, [member]: hearing } };
}
