// The exchange of descriptions and candidates with one peer.
//
// Invariant: a candidate is sent after the description of its ICE generation. A detached peer
// receives nothing; after reattaching, it asks for missed messages. A peer that is not to learn the own
// address gets relayed candidates only.

import type { PeerId } from '../ids';
import { isSending } from '../media/queries';
import type { State } from '../state';
import { activeCall, emit, send, setTimer, type StepContext } from '../step-context';
import type { CallMessage, SentMedia } from '../wire/call-message';
import { fingerprintOf, type Description } from '../wire/description';
import { relayedCandidate, withoutAddresses } from '../wire/hidden-address';
import { negotiate, type NegotiationInput, type NegotiationOutput } from './negotiation';
import { peerOf } from './queries';
import type { Peer } from './state';
import { openPhase, updatePeer } from './update';

const ANSWER_TIMEOUT_MS = 10_000;
const MAX_UNSENT_CANDIDATES = 256;

/** Passes an input to the negotiation. False: the connection cannot continue. */
export function applyNegotiation(
  context: StepContext,
  id: PeerId,
  input: NegotiationInput,
): boolean {
  const peer = peerOf(context, id);
  if (peer === null) return true;
  const [negotiation, outputs] = negotiate(peer.negotiation, input);
  updatePeer(context, id, { negotiation });
  for (const output of outputs) {
    if (output.type === 'broken') return false;
    perform(context, id, output);
  }
  return true;
}

function perform(
  context: StepContext,
  id: PeerId,
  output: Exclude<NegotiationOutput, { type: 'broken' }>,
): void {
  switch (output.type) {
    case 'offer':
      return emit(context, { type: 'peer-offer', peer: id });
    case 'accept-offer':
      return emit(context, { type: 'peer-accept-offer', peer: id, offer: output.offer });
    case 'accept-answer':
      return emit(context, { type: 'peer-accept-answer', peer: id, answer: output.answer });
    case 'add-candidate':
      return emit(context, { type: 'peer-add-candidate', peer: id, candidate: output.candidate });
    case 'send-offer':
      return sendOffer(context, id, output);
    case 'send-answer':
      return sendAnswer(context, id, output);
  }
}

function sendOffer(
  context: StepContext,
  id: PeerId,
  { offer, serial }: Extract<NegotiationOutput, { type: 'send-offer' }>,
): void {
  const peer = peerOf(context, id);
  const call = activeCall(context);
  if (peer === null || call === null) return;
  if (peer.phase === 'calling') {
    const fingerprints = { ...peer.fingerprints, offer: fingerprintOf(offer.sdp) };
    updatePeer(context, id, { fingerprints });
  }
  if (peer.detached) return;
  const of = { call: call.id, connection: peer.connection, serial };
  const shown = shownDescription(peer, offer);
  tell(
    context,
    peer,
    peer.phase === 'calling'
      ? { type: 'user:call', ...of, offer: shown, ...callOf(context, peer) }
      : { type: 'peer:nego:needed', ...of, offer: shown },
  );
  setTimer(context, { kind: 'answer', peer: id }, ANSWER_TIMEOUT_MS);
  sendHeldCandidates(context, id);
}

function sendAnswer(
  context: StepContext,
  id: PeerId,
  { answer, serial, via }: Extract<NegotiationOutput, { type: 'send-answer' }>,
): void {
  const peer = peerOf(context, id);
  const call = activeCall(context);
  if (peer === null || call === null) return;
  const of = { call: call.id, connection: peer.connection, serial };
  const shown = shownDescription(peer, answer);
  tell(
    context,
    peer,
    via === 'call'
      ? { type: 'call:accepted', ...of, answer: shown, media: sentMedia(context.state) }
      : { type: 'peer:nego:done', ...of, answer: shown },
  );
  openPhase(context, id);
  sendHeldCandidates(context, id);
}

function tell(context: StepContext, peer: Peer, message: CallMessage): void {
  if (!peer.detached) send(context, peer.member, message);
}

/** What the other person is told of the call. */
function callOf(
  { state }: StepContext,
  { purpose }: Peer,
): Pick<Extract<CallMessage, { type: 'user:call' }>, 'called' | 'kind' | 'media'> {
  const peers = state.call.kind === 'active' && purpose === 'ring' ? state.call.peers : [];
  const rung = peers.filter((peer) => peer.phase === 'calling' && peer.purpose === 'ring');
  const called = rung.map(({ member }) => member);
  return { called, kind: state.callKind, media: sentMedia(state) };
}

function sentMedia({ media: { microphone, camera } }: State): SentMedia {
  return { microphone: isSending(microphone), camera: isSending(camera) };
}

/** Sends a local candidate, after the description of its ICE generation. */
export function trickle(
  context: StepContext,
  id: PeerId,
  candidate: RTCIceCandidateInit | null,
): void {
  const peer = peerOf(context, id);
  if (peer === null) return;
  const unsent = [...peer.unsent, candidate].slice(-MAX_UNSENT_CANDIDATES);
  updatePeer(context, id, { unsent });
  const kind = peer.negotiation.operation?.kind;
  if (kind !== 'offer' && kind !== 'accept-offer') sendHeldCandidates(context, id);
}

export function sendHeldCandidates(context: StepContext, id: PeerId): void {
  const peer = peerOf(context, id);
  const call = activeCall(context);
  if (peer === null || call === null || peer.detached) return;
  const { connection } = peer;
  const [shown, held] = shownCandidates(peer);
  for (const candidate of shown) {
    send(context, peer.member, { type: 'peer:candidate', call: call.id, connection, candidate });
  }
  updatePeer(context, id, { unsent: held });
}

type Candidates = Peer['unsent'];

/** What the peer may learn now, and what it may learn once it has answered. */
function shownCandidates({ address, phase, unsent }: Peer): readonly [Candidates, Candidates] {
  if (address === 'shown' || (address === 'answered' && phase !== 'calling')) return [unsent, []];
  const relayed = unsent.flatMap((candidate) => {
    const shown = candidate === null ? null : relayedCandidate(candidate);
    return shown === null ? [] : [shown];
  });
  const others = unsent.filter((one) => one === null || relayedCandidate(one) === null);
  // Of the others, the end of candidates (null) tells nothing.
  if (address === 'relayed') return [[...relayed, ...others.filter((one) => one === null)], []];
  return [relayed, others];
}

function shownDescription({ address, phase }: Peer, description: Description): Description {
  const isShown = address === 'shown' || (address === 'answered' && phase !== 'calling');
  return isShown ? description : { ...description, sdp: withoutAddresses(description.sdp) };
}
