// Identities between engine and port: signed, checked, and where nothing can be stored, of the page.

import { describe, expect, it } from 'vitest';

import * as sealing from '../engine/private/sealing';
import type { IdentityEvent } from '../engine/identity/events';
import type { Pin } from '../engine/identity/state';
import type { IdentityPort } from '../ports';
import { identities } from './identities';
import { pageIdentity } from './page-identity';

const SESSION = 'ab'.repeat(32);
const PIN: Pin = {
  email: 'ben',
  key: 'cd'.repeat(32),
  firstSeen: 1,
  compared: null,
  blocked: false,
};
const bytes = (count: number): Uint8Array<ArrayBuffer> => new Uint8Array(count).fill(7);
const refuse = () => Promise.reject(new Error('Nothing can be stored.'));
const REFUSING: IdentityPort = {
  sign: refuse,
  pins: refuse,
  keep: refuse,
  block: refuse,
  forget: refuse,
  renew: refuse,
};

function world(port: IdentityPort) {
  const events: IdentityEvent[] = [];
  let failures = 0;
  const made = identities({
    port,
    sealing: () => sealing,
    randomBytes: bytes,
    now: () => 5,
    dispatch: (event) => events.push(event),
    failed: () => (failures += 1),
  });
  return { made, events, failures: () => failures };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

describe('identity_of_the_runtime', () => {
  it('is_signed_after_what_is_known_of_others', async () => {
    const port = pageIdentity(() => sealing, bytes);
    await port.keep(PIN);
    const { made, events } = world(port);
    made.perform({ type: 'identity-sign', room: 'r', session: SESSION });
    await settled();
    expect(events[0]).toEqual({ type: 'pins-loaded', pins: [PIN], keeping: 'kept', at: 5 });
    const signed = events[1];
    if (signed?.type !== 'identity-signed') throw new Error('Nothing was signed.');
    expect(sealing.vouchesFor(signed.identity, 'r', SESSION)).toBe(true);
  });

  it('is_of_the_page_where_nothing_can_be_stored', async () => {
    const { made, events, failures } = world(REFUSING);
    made.perform({ type: 'identity-sign', room: 'r', session: SESSION });
    await settled();
    expect(events[0]).toEqual({ type: 'pins-loaded', pins: [], keeping: 'this-page', at: 5 });
    expect(events[1]?.type).toBe('identity-signed');
    made.perform({ type: 'pin-keep', pin: PIN });
    await settled();
    await made.load();
    expect(events.at(-1)).toEqual({
      type: 'pins-loaded',
      pins: [PIN],
      keeping: 'this-page',
      at: 5,
    });
    expect(failures()).toBe(0);
  });

  it('of_others_is_checked', async () => {
    const { made, events } = world(pageIdentity(() => sealing, bytes));
    const identity = sealing.signedIdentity(bytes(32), 'r', SESSION);
    made.perform({ type: 'identity-check', room: 'r', session: SESSION, ...identity });
    made.perform({ type: 'identity-check', room: 'other', session: SESSION, ...identity });
    made.perform({ type: 'identity-check', room: 'r', session: 'no hash', ...identity });
    const results = events.map((event) => event.type === 'identity-checked' && event.result);
    expect(results).toEqual(['proven', 'false', 'false']);
  });

  it('failure_to_keep_is_told', async () => {
    const { made, failures } = world({ ...pageIdentity(() => sealing, bytes), keep: refuse });
    made.perform({ type: 'pin-keep', pin: PIN });
    await settled();
    expect(failures()).toBe(1);
  });

  it('is_another_one_when_renewed', async () => {
    let filled = 0;
    const port = pageIdentity(
      () => sealing,
      (count) => new Uint8Array(count).fill((filled += 1)),
    );
    const { key } = await port.sign('r', SESSION);
    await world(port).made.renew();
    expect((await port.sign('r', SESSION)).key).not.toBe(key);
  });
});
