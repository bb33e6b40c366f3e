// Descriptions with damaged lines are read or refused, never misread.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { addRemoteCandidate } from './candidates.ts';
import { JsepError } from './error.ts';
import type { Jsep } from './state.ts';
import { CHROMIUM_ANSWER, CHROMIUM_OFFER } from './testing/chromium.ts';
import { TestPeer } from './testing/test-peer.ts';

/** How one line is damaged. `at` selects the position. */
interface Damage {
  readonly act: 'drop' | 'repeat' | 'cut' | 'swap' | 'garble' | 'digits' | 'empty';
  readonly at: number;
  readonly with: string;
}

const damage: fc.Arbitrary<Damage> = fc.record({
  act: fc.constantFrom<Damage['act'][]>(
    'drop',
    'repeat',
    'cut',
    'swap',
    'garble',
    'digits',
    'empty',
  ),
  at: fc.nat(400),
  with: fc.string({ maxLength: 8, unit: 'binary' }),
});

function damaged(sdp: string, damages: readonly Damage[]): string {
  const lines = sdp.split('\r\n');
  for (const { act, at, with: piece } of damages) {
    const index = at % lines.length;
    const line = lines[index] ?? '';
    const replaced: Record<Damage['act'], readonly string[]> = {
      drop: [],
      repeat: [line, line],
      cut: [line.slice(0, at % (line.length + 1))],
      swap: [lines[(index + 1) % lines.length] ?? '', line],
      garble: [line.slice(0, at % (line.length + 1)) + piece + line.slice(at % (line.length + 1))],
      digits: [line.replaceAll(/\d+/g, String(at ** 6))],
      empty: [''],
    };
    lines.splice(index, 1, ...replaced[act]);
  }
  return lines.join('\r\n');
}

/** True: refused with an error of the standard. Any other error fails the test. */
function isRefused(action: () => void): boolean {
  try {
    action();
    return false;
  } catch (error) {
    expect(error).toBeInstanceOf(JsepError);
    return true;
  }
}

function offering(): TestPeer {
  const end = new TestPeer(7);
  end.add('audio', 'sendrecv', 'add-transceiver', ['ours']);
  end.add('video', 'sendrecv', 'add-transceiver', ['ours']);
  end.change((state) => ({ ...state, wantsData: true }));
  end.offer();
  return end;
}

function check(make: () => TestPeer, type: 'offer' | 'answer', sdp: string): boolean {
  const end = make();
  const before: Jsep = end.state;
  if (isRefused(() => end.setRemote({ type, sdp }))) {
    expect(end.state).toBe(before);
    return false;
  }
  const candidate = 'candidate:1 1 udp 1 192.0.2.1 5 typ host';
  const text = { candidate, sdpMid: null, sdpMLineIndex: 0, usernameFragment: null };
  isRefused(() => end.change((state) => addRemoteCandidate(state, text).state));
  if (type === 'offer') {
    isRefused(() => end.setLocal({ type: 'answer', sdp: end.createAnswer() }));
  }
  // The negotiated session is valid, and a new offer can be created.
  JSON.stringify(end.state.session);
  if (end.state.signaling === 'stable') end.offer();
  return true;
}

/** For slow machines. */
const TIMEOUT_MS = 60_000;

test.each([
  ['offer', () => new TestPeer(3), CHROMIUM_OFFER],
  ['answer', offering, CHROMIUM_ANSWER],
] as const)('a damaged %s is read or refused', { timeout: TIMEOUT_MS }, (type, make, sdp) => {
  let understood = 0;
  let refused = 0;
  fc.assert(
    fc.property(fc.array(damage, { minLength: 1, maxLength: 6 }), (damages) => {
      if (check(make, type, damaged(sdp, damages))) understood += 1;
      else refused += 1;
    }),
    { numRuns: 400 },
  );
  // Some were refused and some read.
  expect(understood).toBeGreaterThan(20);
  expect(refused).toBeGreaterThan(20);
});
