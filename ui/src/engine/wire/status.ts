// A member's status as values and as text on the wire.
//
// Invariant: reading never fails; missing or malformed fields take safe defaults.

import { isRecord, readId, readJson } from '../json';
import type { MemberStatus } from '../room/state';

const UNKNOWN: MemberStatus = {
  session: null,
  call: null,
  scope: 'some',
  microphone: false,
  camera: false,
  screen: 'off',
  calls: true,
  away: false,
};

export function readStatus(text: string | undefined): MemberStatus {
  const value = text === undefined ? null : readJson(text);
  if (!isRecord(value)) return UNKNOWN;
  return {
    session: readId(value['session']),
    call: readId(value['call']),
    scope: value['everybody'] === true ? 'everybody' : 'some',
    microphone: value['microphone'] === true,
    camera: value['camera'] === true,
    screen: readScreen(value['screen']),
    calls: value['calls'] !== false,
    away: value['away'] === true,
  };
}

export function writeStatus(status: MemberStatus): string {
  const { session, call, scope, microphone, camera, screen, calls, away } = status;
  const everybody = scope === 'everybody';
  return JSON.stringify({ session, call, everybody, microphone, camera, screen, calls, away });
}

export function isSameStatus(a: MemberStatus, b: MemberStatus): boolean {
  return (
    a.session === b.session &&
    a.call === b.call &&
    a.scope === b.scope &&
    a.microphone === b.microphone &&
    a.camera === b.camera &&
    a.screen === b.screen &&
    a.calls === b.calls &&
    a.away === b.away
  );
}

function readScreen(value: unknown): MemberStatus['screen'] {
  return value === 'on' || value === 'paused' ? value : 'off';
}
