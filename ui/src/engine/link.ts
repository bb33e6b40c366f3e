// The links of the active call: opened, fed with what happens to them, closed.
//
// Invariant: every link in the state has an open connection, and every connection belongs to a link.

import type { CallMessage } from './call-wire';
import { acceptedName, callersPart } from './connection-name';
import { fingerprintOf } from './description';
import {
  negotiate,
  newNegotiation,
  type NegotiationInput,
  type NegotiationOutput,
} from './negotiation';
import type { Link, LinkId, Member, PathState, Ring } from './state';
import { isSending } from './status';
import {
  activeCall,
  clearTimer,
  emit,
  finish,
  insideRoom,
  send,
  setCall,
  setTimer,
  type Turn,
} from './turn';

const RING_MS = 45_000;
const ANSWER_MS = 10_000;
/** How long a new path may take before ICE is restarted; the impolite end goes first. */
const FIRST_PATH_MS = { impolite: 15_000, polite: 20_000 };
const LONGEST_UNSENT = 256;

const LINK_TIMERS = ['ring', 'answer', 'path', 'restart', 'orphan', 'departed'] as const;
export type LinkTimer = (typeof LINK_TIMERS)[number];

export function linkTimer(timer: LinkTimer, link: LinkId): string {
  return `${timer}:${link}`;
}

export function readLinkTimer(name: string): { timer: LinkTimer; link: LinkId } | null {
  const split = name.indexOf(':');
  const timer = LINK_TIMERS.find((known) => known === name.slice(0, split));
  return timer === undefined ? null : { timer, link: name.slice(split + 1) };
}

export function linkOf(turn: Turn, id: LinkId): Link | null {
  return activeCall(turn)?.links.find((link) => link.id === id) ?? null;
}

export function updateLink(turn: Turn, id: LinkId, change: Partial<Link>): void {
  const call = activeCall(turn);
  if (call === null) return;
  const links = call.links.map((link) => (link.id === id ? { ...link, ...change } : link));
  setCall(turn, { ...call, links });
}

/** Rings a member (`ring`), or connects anew to one who is in the call already (`repair`). */
export function callLink(
  turn: Turn,
  member: Pick<Member, 'id' | 'email' | 'status'>,
  purpose: 'ring' | 'repair',
  path: PathState = 'connecting',
): void {
  const id = nextLinkId(turn);
  const { session } = member.status;
  const fingerprints = { offer: null, remote: null };
  const of = { member: member.id, email: member.email, session, connection: id, fingerprints };
  addLink(turn, { id, ...of }, path);
  if (purpose === 'ring') setTimer(turn, linkTimer('ring', id), RING_MS);
  feed(turn, id, { type: 'needed' });
}

/** Answers an offer that was accepted, by a person or by the rules. */
export function acceptLink(
  turn: Turn,
  ring: Ring,
  session: Link['session'],
  path: PathState,
): void {
  const { email, from, offer, serial } = ring;
  const id = nextLinkId(turn);
  const connection = acceptedName(ring.connection, id);
  const fingerprint = fingerprintOf(offer.sdp);
  const fingerprints = { offer: fingerprint, remote: fingerprint };
  addLink(turn, { id, member: from, email, session, connection, fingerprints }, path);
  updateLink(turn, id, { phase: 'accepting' });
  feed(turn, id, { type: 'remote-offer', offer, serial, via: 'call' });
  for (const candidate of ring.candidates) feed(turn, id, { type: 'remote-candidate', candidate });
}

function nextLinkId(turn: Turn): LinkId {
  const { page, nextLink } = turn.state;
  turn.state = { ...turn.state, nextLink: nextLink + 1 };
  return `${page}-${nextLink}`;
}

function addLink(
  turn: Turn,
  link: Pick<Link, 'id' | 'member' | 'email' | 'session' | 'connection' | 'fingerprints'>,
  path: PathState,
): void {
  const call = activeCall(turn);
  const room = insideRoom(turn);
  if (call === null || room === null) return;
  const added: Link = {
    ...link,
    phase: 'calling',
    path,
    orphan: false,
    attempts: 0,
    unsent: [],
    negotiation: newNegotiation(room.self < link.member),
  };
  setCall(turn, { ...call, links: [...call.links, added] });
  const member = room.members.find(({ id }) => id === link.member);
  const picture = member?.status.camera === true ? 'awaited' : 'unsure';
  emit(turn, { type: 'peer-open', link: link.id, iceServers: room.iceServers, picture });
}

/** Takes the link out of the call and says nothing to anybody. */
export function closeLink(turn: Turn, id: LinkId): void {
  const call = activeCall(turn);
  if (call === null) return;
  const connection = call.links.find((link) => link.id === id)?.connection ?? null;
  if (connection !== null) finish(turn, callersPart(connection));
  setCall(turn, { ...call, links: call.links.filter((link) => link.id !== id) });
  emit(turn, { type: 'peer-close', link: id });
  for (const timer of LINK_TIMERS) clearTimer(turn, linkTimer(timer, id));
}

/** The other end has accepted, or has been accepted: from here on it is in the call. */
export function openPhase(turn: Turn, id: LinkId): void {
  const link = linkOf(turn, id);
  if (link === null || link.phase === 'open') return;
  updateLink(turn, id, { phase: 'open' });
  clearTimer(turn, linkTimer('ring', id));
  const ms = FIRST_PATH_MS[link.negotiation.polite ? 'polite' : 'impolite'];
  setTimer(turn, linkTimer('restart', id), ms);
}

/** Gives the negotiation an input. False: the connection is beyond mending. */
export function feed(turn: Turn, id: LinkId, input: NegotiationInput): boolean {
  const link = linkOf(turn, id);
  if (link === null) return true;
  const [negotiation, outputs] = negotiate(link.negotiation, input);
  updateLink(turn, id, { negotiation });
  for (const output of outputs) {
    if (output.type === 'broken') return false;
    perform(turn, id, output);
  }
  return true;
}

function perform(
  turn: Turn,
  id: LinkId,
  output: Exclude<NegotiationOutput, { type: 'broken' }>,
): void {
  switch (output.type) {
    case 'offer':
      return emit(turn, { type: 'peer-offer', link: id });
    case 'accept-offer':
      return emit(turn, { type: 'peer-accept-offer', link: id, offer: output.offer });
    case 'accept-answer':
      return emit(turn, { type: 'peer-accept-answer', link: id, answer: output.answer });
    case 'add-candidate':
      return emit(turn, { type: 'peer-add-candidate', link: id, candidate: output.candidate });
    case 'send-offer':
      return sendOffer(turn, id, output);
    case 'send-answer':
      return sendAnswer(turn, id, output);
  }
}

function sendOffer(
  turn: Turn,
  id: LinkId,
  { offer, serial }: Extract<NegotiationOutput, { type: 'send-offer' }>,
): void {
  const link = linkOf(turn, id);
  const call = activeCall(turn);
  if (link === null || call === null) return;
  if (link.phase === 'calling') {
    const fingerprints = { ...link.fingerprints, offer: fingerprintOf(offer.sdp) };
    updateLink(turn, id, { fingerprints });
  }
  if (link.orphan) return;
  const of = { call: call.id, connection: link.connection, serial };
  tell(
    turn,
    link,
    link.phase === 'calling'
      ? { type: 'user:call', ...of, offer, media: sentMedia(turn) }
      : { type: 'peer:nego:needed', ...of, offer },
  );
  setTimer(turn, linkTimer('answer', id), ANSWER_MS);
  sendHeldCandidates(turn, id);
}

function sendAnswer(
  turn: Turn,
  id: LinkId,
  { answer, serial, via }: Extract<NegotiationOutput, { type: 'send-answer' }>,
): void {
  const link = linkOf(turn, id);
  const call = activeCall(turn);
  if (link === null || call === null) return;
  const of = { call: call.id, connection: link.connection, serial };
  tell(
    turn,
    link,
    via === 'call'
      ? { type: 'call:accepted', ...of, answer, media: sentMedia(turn) }
      : { type: 'peer:nego:done', ...of, answer },
  );
  openPhase(turn, id);
  sendHeldCandidates(turn, id);
}

/** To an orphan nothing can be said; it asks again for what it missed when it is back. */
function tell(turn: Turn, link: Link, message: CallMessage): void {
  if (!link.orphan) send(turn, link.member, message);
}

function sentMedia({ state }: Turn): { microphone: boolean; camera: boolean } {
  const { microphone, camera } = state.media;
  return { microphone: isSending(microphone), camera: isSending(camera) };
}

/** Our own candidate: on its way at once, or behind the description it belongs to. */
export function trickle(turn: Turn, id: LinkId, candidate: RTCIceCandidateInit | null): void {
  const link = linkOf(turn, id);
  if (link === null) return;
  const unsent = [...link.unsent, candidate].slice(-LONGEST_UNSENT);
  updateLink(turn, id, { unsent });
  const kind = link.negotiation.operation?.kind;
  if (kind !== 'offer' && kind !== 'accept-offer') sendHeldCandidates(turn, id);
}

export function sendHeldCandidates(turn: Turn, id: LinkId): void {
  const link = linkOf(turn, id);
  const call = activeCall(turn);
  if (link === null || call === null || link.orphan) return;
  for (const candidate of link.unsent) {
    const { connection } = link;
    send(turn, link.member, { type: 'peer:candidate', call: call.id, connection, candidate });
  }
  updateLink(turn, id, { unsent: [] });
}
