// Who says at the door that it is inside.

import { describe, expect, test } from 'vitest';

import type { Bytes } from './bytes';
import { seen } from './door-presence';
import { closedDoor } from './door-state';
import { openStatus, sealStatus } from './status-box';
import { passcodeKeys, passcodeRoom } from './passcode';
import { joinedAs, userJoined } from './testing/end';
import { visitKeys, type VisitKeys } from './visit-keys';

const ROOM = passcodeRoom('quiet-harbour');
const ROOT = filled(1);
const SAID = { id: 'b', email: 'ben@example.org', status: '', counter: 1 };
const ben = visitKeys(filled(2), filled(3));
const cam = visitKeys(filled(4), filled(5));

function filled(byte: number): Bytes {
  return new Uint8Array(32).fill(byte);
}

function statusOf(visit: VisitKeys, root: Bytes): string {
  return sealStatus(passcodeKeys(ROOM, root), visit, SAID, new Uint8Array(24)) ?? '';
}

/** As a member with the root sees it. */
function groupOf(status: string): string | undefined {
  const closed = closedDoor({ room: ROOM, passcode: 'code', signingKey: filled(6), root: ROOT });
  const door = seen(seen(closed, joinedAs('a'), 0), userJoined('b', status), 0);
  return door.present.get('b')?.keys;
}

describe('member_at_the_door', () => {
  test('with_the_same_root_is_ours_and_with_another_one_foreign', () => {
    expect(groupOf(statusOf(ben, ROOT))).toBe('ours');
    expect(groupOf(statusOf(ben, filled(7)))).toBe('foreign');
    expect(groupOf('AgA')).toBe('none');
  });

  // A signature is verified once, where the status is heard: a verification takes milliseconds.
  test('is_ours_by_the_seal_alone', () => {
    const { secret } = cam.signing;
    const forged = statusOf({ ...ben, signing: { ...ben.signing, secret } }, ROOT);
    expect(openStatus(passcodeKeys(ROOM, ROOT), forged)).toEqual({ refused: 'unsigned' });
    expect(groupOf(forged)).toBe('ours');
  });
});
