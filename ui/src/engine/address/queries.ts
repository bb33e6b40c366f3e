// What other slices may ask about the own address.

import type { State } from '../state';
import type { OwnAddress } from './state';

/** `no-turn`: the address is to stay hidden, and no TURN server would relay the call. */
export type CallAbility = 'can-call' | 'no-webrtc' | 'no-turn';

export function ownAddress({ room, keptAddress }: Pick<State, 'room' | 'keptAddress'>): OwnAddress {
  return (room.kind === 'outside' ? undefined : room.roomSession.ownAddress) ?? keptAddress;
}

/** Whether the relay of the room offers a TURN server. */
export function hasTurn({ room }: Pick<State, 'room'>): boolean {
  if (room.kind !== 'inside') return false;
  return room.iceServers.some(({ urls }) => urls.some((url) => /^turns?:/iu.test(url)));
}

export function callAbility(state: State): CallAbility {
  if (!state.canCall) return 'no-webrtc';
  const isHidden = state.room.kind === 'inside' && ownAddress(state) === 'relayed';
  return isHidden && !hasTurn(state) ? 'no-turn' : 'can-call';
}
