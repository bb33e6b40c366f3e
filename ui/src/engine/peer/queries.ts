// What other slices may ask about the peers of the active call.

import type { CallEndReason } from '../call/state';
import type { PeerId } from '../ids';
import type { Member, MemberStatus } from '../room/state';
import type { MemberId } from '../../protocol/wire';
import { activeCall, type StepContext } from '../step-context';
import { isSameConnection } from '../wire/connection-name';
import type { Peer } from './state';

export function peerOf(context: StepContext, id: PeerId): Peer | null {
  return activeCall(context)?.peers.find((peer) => peer.id === id) ?? null;
}

/** The peer of a member id; the relay guarantees the id. */
export function peerToMember(context: StepContext, { id }: Pick<Member, 'id'>): Peer | null {
  return activeCall(context)?.peers.find((peer) => peer.member === id) ?? null;
}

/** The peer of an earlier membership of this device. */
export function replacedPeer(context: StepContext, id: MemberId): Peer | null {
  return activeCall(context)?.peers.find(({ replacedBy }) => replacedBy === id) ?? null;
}

/** Finds the peer by member, call and connection. */
export function peerFor(
  context: StepContext,
  member: Member,
  { call, connection }: { readonly call: string; readonly connection: string | null },
): Peer | null {
  const peer = activeCall(context)?.id === call ? peerToMember(context, member) : null;
  return peer !== null && isSameConnection(peer.connection, connection) ? peer : null;
}

/** The reason why a member left our call, from its status. */
export function departedReason({ path }: Peer, { call }: MemberStatus): CallEndReason {
  if (call !== null) return 'moved';
  return path === 'reconnecting' ? 'lost' : 'hung-up';
}
