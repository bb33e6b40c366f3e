// Announcements: other people's text stays isolated, whatever it is.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import type { AboutMember, Announcement } from '../../engine/announcement';
import type { SaidReaction } from '../../engine/reactions/state';
import { partsOf, plainText } from '../../engine/sentence';
import { visibleText } from '../../engine/untrusted-text';
import { announcementText } from './announcements';

/** On a busy machine. */
const TIMEOUT_MS = 60_000;

const ABOUT_MEMBER: readonly AboutMember[] = [
  'joined',
  'left',
  'lost',
  'back',
  'ringing',
  'asking',
  'connected',
  'reconnecting',
  'reconnected',
  'cannot-call',
  'call-needs-turn',
  'talk-muted',
  'hand-raised',
  'asks-to-lower-hand',
];

test(
  'announced_text_of_others_stays_isolated',
  () => {
    const any = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
    const hidden = fc.constantFrom(
      '\u202e',
      '\u2066',
      '\u2069',
      '\u2068',
      '\u200f',
      '\n',
      '\u0000',
      '\ufeff',
    );
    const text = fc.array(fc.oneof(any, hidden)).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (raw) => {
        const email = visibleText(raw);
        const announcements: readonly Announcement[] = [
          ...ABOUT_MEMBER.map((code) => ({ code, email })),
          { code: 'calling', emails: [email] },
          { code: 'ended', end: { reason: 'hung-up', email }, scope: 'member' },
        ];
        for (const announcement of announcements) {
          const parts = partsOf(announcementText(announcement));
          const theirs = parts.filter(({ by }) => by === 'others');
          expect(theirs.map((part) => part.text)).toEqual(email === '' ? [] : [email]);
        }
      }),
      { numRuns: 300 },
    );
  },
  TIMEOUT_MS,
);

test.each([
  [[], 'Calling nobody.'],
  [['a'], 'Calling a.'],
  [['a', 'b', 'c'], 'Calling a, b and c.'],
])('called_people_are_listed: %j', (emails, sentence) => {
  expect(plainText(announcementText({ code: 'calling', emails }))).toBe(sentence);
});

test.each<readonly [readonly SaidReaction[], string]>([
  [[{ email: 'a', reaction: 'applause' }], 'a: Applause.'],
  [['a', 'b', 'a', null].map((email) => ({ email, reaction: 'yes' })), 'You, a and b: Yes.'],
  [
    [
      ...['a', 'b', 'c', 'd'].map((email) => ({ email, reaction: 'wow' as const })),
      { email: null, reaction: 'heart' },
    ],
    'a, b and 2 others: Wow. You: Heart.',
  ],
])('reactions_are_said_by_kind: %j', (said, sentence) => {
  expect(plainText(announcementText({ code: 'reactions', said }))).toBe(sentence);
});
