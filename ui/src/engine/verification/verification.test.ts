// The code of honest calls is the same for all in it; what is changed on the way makes it differ, or
// there is none and it is said.

import { expect, it } from 'vitest';

import { identityOf } from '../identity/testing/known-signatures';
import { seeded, type Random } from '../simulation/random';
import type { TalkMessage } from '../wire/talk/talk-message';
import { commitOf } from './code';
import { Meeting, ROOM, sessionOf, type Tamper } from './testing/meeting';
import { codeShown, isSaid } from './testing/shown';

const NAMES = ['ana', 'ben', 'cleo', 'dan', 'eve', 'fay', 'gus', 'hal'] as const;
/** Of a long run (`cargo xtask prove`). */
const TIMEOUT_MS = 36_000_000;
/** Of each; `SNUG_TAMPERED` sets another number. */
const RUNS = Number(process.env['SNUG_TAMPERED'] ?? 1_200);
const HONEST_RUNS = Math.max(150, Math.floor(RUNS / 20));
const QUIET_MS = 6_000;
/** For several attempts, and one repetition. */
const TAMPERED_MS = 2_800;

function codesOf(meeting: Meeting): readonly (string | null)[] {
  return meeting.people().map((name) => codeShown(meeting.state(name)));
}

function expectOneCode(meeting: Meeting, what: string): string {
  const [first = null, ...others] = codesOf(meeting);
  expect(first, what).not.toBeNull();
  for (const other of others) expect(other, what).toBe(first);
  return first ?? '';
}

it(
  'honest_calls_have_one_code',
  () => {
    const codes = new Set<string>();
    for (let seed = 1; seed <= HONEST_RUNS; seed += 1) {
      const random = seeded(seed);
      const meeting = new Meeting(random);
      const people = NAMES.slice(0, random.between(2, 8));
      for (const name of people) {
        meeting.enter(name);
        meeting.run(random.pick([0, 0, 50, 800, 3_000]));
      }
      for (let change = 0; change < random.between(0, 4); change += 1) {
        comeOrGo(meeting, random);
        meeting.run(random.pick([0, 30, 300, 700, 2_500]));
      }
      meeting.run(QUIET_MS);
      if (meeting.people().length < 2) continue;
      codes.add(expectOneCode(meeting, `seed ${seed}`));
    }
    expect(codes.size).toBeGreaterThan(HONEST_RUNS * 0.9);
  },
  TIMEOUT_MS,
);

function comeOrGo(meeting: Meeting, random: Random): void {
  const [first, ...others] = meeting.people();
  if (first === undefined) return;
  const name = random.pick([first, ...others]);
  const absent = NAMES.filter((each) => !meeting.people().includes(each));
  const roll = random.next();
  if (roll < 0.3 && others.length > 1) return meeting.leave(name);
  if (roll < 0.6) return meeting.reload(name);
  if (absent[0] !== undefined) meeting.enter(absent[0]);
}

it('newcomer_makes_a_new_code', () => {
  const meeting = new Meeting(seeded(1));
  meeting.enter('ana');
  meeting.enter('ben');
  meeting.run(QUIET_MS);
  const before = expectOneCode(meeting, 'two');
  meeting.enter('cleo');
  expect(codesOf(meeting)).toEqual([null, null, null]);
  meeting.run(QUIET_MS);
  expect(expectOneCode(meeting, 'three')).not.toBe(before);
});

it('person_alone_has_no_code', () => {
  const meeting = new Meeting(seeded(1));
  meeting.enter('ana');
  meeting.run(QUIET_MS);
  expect(meeting.state('ana').verification.stage).toEqual({ kind: 'off' });
});

it('lost_and_repeated_messages_end_in_one_code', () => {
  for (let seed = 1; seed <= HONEST_RUNS; seed += 1) {
    const random = seeded(seed);
    const before: TalkMessage[] = [];
    let isLossy = true;
    const meeting = new Meeting(random, (_from, _to, message) => {
      if (!isLossy) return [message];
      before.push(message);
      if (random.chance(0.4)) return [];
      return random.chance(0.3) ? [message, message] : [message];
    });
    for (const name of NAMES.slice(0, random.between(2, 5))) meeting.enter(name);
    meeting.run(QUIET_MS);
    isLossy = false;
    meeting.run(QUIET_MS * 2);
    expectOneCode(meeting, `seed ${seed}`);
  }
});

interface Attack {
  readonly name: string;
  /** What Ben's messages become on the way to Ana. */
  readonly tamper: (random: Random) => Tamper;
}

/** A nonce and a commit of a session by somebody else, who knows everything that was shown. */
function forged(random: Random, message: TalkMessage, key: string, session: string): TalkMessage {
  if (message.type !== 'verify') return message;
  const nonce = hex(random);
  const commit = commitOf(message.round, message.attempt, { session, identity: key, nonce });
  return { ...message, commit, nonce };
}

function hex(random: Random): string {
  return Array.from(random.bytes(32), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function ofBen(change: (message: TalkMessage) => readonly TalkMessage[]): Tamper {
  return (from, to, message) => (from === 'ben' && to === 'ana' ? change(message) : [message]);
}

const BEN = sessionOf('ben');
const ofMallory = () => identityOf('mallory', ROOM, BEN);

const ATTACKS: readonly [Attack, ...Attack[]] = [
  {
    name: 'identity_of_somebody_else',
    tamper: () =>
      ofBen((message) => [message.type === 'identity' ? { ...message, ...ofMallory() } : message]),
  },
  {
    name: 'identity_nonce_and_commit_of_somebody_else',
    tamper: (random) => {
      const nonce = new Map<string, TalkMessage>();
      return ofBen((message) => {
        if (message.type === 'identity') return [{ ...message, ...ofMallory() }];
        if (message.type !== 'verify') return [message];
        const id = `${message.round} ${message.attempt}`;
        const said = nonce.get(id) ?? forged(random, message, ofMallory().key, BEN);
        nonce.set(id, said);
        return said.type === 'verify' && message.nonce === null
          ? [{ ...said, nonce: null }]
          : [said];
      });
    },
  },
  {
    name: 'identity_that_did_not_sign',
    tamper: () =>
      ofBen((message) => [
        message.type === 'identity' ? { ...message, signature: ofMallory().signature } : message,
      ]),
  },
  {
    name: 'commit_of_nothing',
    tamper: (random) => {
      const commit = hex(random);
      return ofBen((message) => [message.type === 'verify' ? { ...message, commit } : message]);
    },
  },
  {
    name: 'commit_after_the_nonces',
    // The first commit is true. Once everything is shown, another one comes with its nonce.
    tamper: (random) =>
      ofBen((message) => {
        if (message.type !== 'verify' || message.nonce === null) return [message];
        return [forged(random, message, identityOf('ben', ROOM, BEN).key, BEN)];
      }),
  },
  {
    name: 'another_nonce',
    tamper: (random) =>
      ofBen((message) => [
        message.type === 'verify' && message.nonce !== null
          ? { ...message, nonce: hex(random) }
          : message,
      ]),
  },
  {
    name: 'dropped_nonce',
    tamper: () =>
      ofBen((message) => (message.type === 'verify' && message.nonce !== null ? [] : [message])),
  },
  {
    name: 'dropped_identity',
    tamper: () => ofBen((message) => (message.type === 'identity' ? [] : [message])),
  },
  {
    name: 'nonce_of_an_earlier_attempt_again',
    tamper: () => {
      let first: TalkMessage | null = null;
      return ofBen((message) => {
        if (message.type !== 'verify' || message.nonce === null) return [message];
        first ??= message;
        return first === message || first.type !== 'verify'
          ? []
          : [
              {
                ...message,
                commit: first.commit,
                nonce: first.nonce,
                attempt: message.attempt + 1,
              },
            ];
      });
    },
  },
  {
    name: 'own_part_sent_back',
    tamper: () => {
      let ofAna: TalkMessage | null = null;
      return (from, to, message) => {
        if (from === 'ana' && to === 'ben' && message.type === 'verify') ofAna = message;
        if (from !== 'ben' || to !== 'ana' || message.type !== 'verify') return [message];
        return ofAna === null ? [] : [ofAna];
      };
    },
  },
];

it(
  'tampered_calls_have_no_common_code',
  () => {
    let [without, different] = [0, 0];
    for (let seed = 1; seed <= RUNS; seed += 1) {
      const random = seeded(seed);
      const { name, tamper } = ATTACKS[seed % ATTACKS.length] ?? ATTACKS[0];
      const meeting = new Meeting(random, tamper(random));
      const people = NAMES.slice(0, random.pick([2, 2, 2, 3, 3, 5]));
      for (const each of people) meeting.enter(each);
      meeting.run(TAMPERED_MS);
      const ana = codeShown(meeting.state('ana'));
      if (ana === null) {
        without += 1;
        expect(isSaid(meeting.state('ana')), `${name}, seed ${seed}`).toBe(true);
        continue;
      }
      different += 1;
      expect(codeShown(meeting.state('ben')), `${name}, seed ${seed}`).not.toBe(ana);
    }
    expect(without).toBeGreaterThan(RUNS / 2);
    expect(different).toBeGreaterThan(RUNS / 50);
  },
  TIMEOUT_MS,
);

it(
  'member_between_two_gives_them_different_codes',
  () => {
    for (let seed = 1; seed <= RUNS / 4; seed += 1) {
      const random = seeded(seed);
      // Mallory has a page towards each of the two, and says to Ben what Ana has said, where it fits.
      const nonces: string[] = [];
      const listen: Tamper = (_from, _to, message) => {
        if (message.type === 'verify' && message.nonce !== null) nonces.push(message.nonce);
        return [message];
      };
      const repeat: Tamper = (from, _to, message) => {
        const nonce = nonces.at(-1);
        if (message.type !== 'verify' || from !== 'mallory' || nonce === undefined)
          return [message];
        const identity = identityOf('mallory', ROOM, sessionOf('mallory', 1)).key;
        const part = { session: sessionOf('mallory', 1), identity, nonce };
        const commit = commitOf(message.round, message.attempt, part);
        return [{ ...message, commit, nonce: message.nonce === null ? null : nonce }];
      };
      const [left, right] = [new Meeting(random, listen), new Meeting(random, repeat)];
      left.enter('ana');
      left.enter('mallory', { email: 'ben' });
      left.run(4_000);
      right.enter('ben');
      right.enter('mallory', { email: 'ana' });
      right.run(4_000);
      const [ana, ben] = [codeShown(left.state('ana')), codeShown(right.state('ben'))];
      expect([ana, ben], `seed ${seed}`).not.toContain(null);
      expect(ben, `seed ${seed}`).not.toBe(ana);
    }
  },
  TIMEOUT_MS,
);
