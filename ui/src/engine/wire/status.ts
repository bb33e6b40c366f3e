// A member's status as values and as text on the wire.
//
// Invariant: reading never fails; missing or malformed fields take safe defaults.

import { isRecord, readId, readJson } from '../json';
import type { MemberStatus } from '../room/state';

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
