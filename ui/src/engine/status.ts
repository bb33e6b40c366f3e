// What everybody tells the room about himself, as values and as the text on the wire.
//
// Invariant: reading never fails; what is missing or malformed reads as the most modest value.

import { isRecord, readId, readJson } from './json';
import type { DeviceState, MemberStatus, State } from './state';

const UNKNOWN: MemberStatus = {
  session: null,
  call: null,
  microphone: false,
  camera: false,
  calls: true,
};

export function readStatus(text: string | undefined): MemberStatus {
  const value = text === undefined ? null : readJson(text);
  if (!isRecord(value)) return UNKNOWN;
  return {
    session: readId(value['session']),
    call: readId(value['call']),
    microphone: value['microphone'] === true,
    camera: value['camera'] === true,
    calls: value['calls'] !== false,
  };
}

export function writeStatus(status: MemberStatus): string {
  const { session, call, microphone, camera, calls } = status;
  return JSON.stringify({ session, call, microphone, camera, calls });
}

export function isSameStatus(a: MemberStatus, b: MemberStatus): boolean {
  return (
    a.session === b.session &&
    a.call === b.call &&
    a.microphone === b.microphone &&
    a.camera === b.camera &&
    a.calls === b.calls
  );
}

/** What this person's status says, in the room or on the way into it. */
export function ownStatus(state: State): MemberStatus {
  const { room, call, media } = state;
  const visit = room.kind === 'outside' ? null : room.visit;
  return {
    session: visit?.session ?? null,
    // Whoever comes back from a reload never left the call, as far as the others can tell.
    call: call.kind === 'active' ? call.id : (visit?.rejoin ?? null),
    microphone: isSending(media.microphone),
    camera: isSending(media.camera),
    calls: state.canCall,
  };
}

export function isSending({ wanted, capture }: DeviceState): boolean {
  return wanted && capture.kind === 'on';
}
