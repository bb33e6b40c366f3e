import { describe, expect, it } from 'vitest';

import { withNames } from '../../engine/person-name';
import { plainText } from '../../engine/sentence';
import type { CallEnd } from '../../engine/state';
import { endSentence as markedSentence } from './call-end';

const email = 'ben@example.org';

/** As it is read. */
function endSentence(...end: Parameters<typeof markedSentence>): string {
  return plainText(withNames(markedSentence(...end), []));
}

describe('each_end_has_a_sentence_of_its_own', () => {
  const ENDS: readonly (readonly [CallEnd, string])[] = [
    [{ reason: 'hung-up', email }, 'Call ended: Ben has hung up.'],
    [{ reason: 'left', email }, 'Call ended: Ben has left the room.'],
    [{ reason: 'removed', email }, 'Call ended: Ben was removed from the room.'],
    [{ reason: 'lost', email }, 'Call ended: the connection to Ben was lost.'],
    [
      { reason: 'slept', email, sleptMs: 89_600 },
      'Call ended: this computer was asleep for 2 minutes, and the connection to Ben was lost.',
    ],
    [
      { reason: 'failed', email },
      'Call ended: the connection to Ben failed on this computer. Call again.',
    ],
    [
      { reason: 'failed-there', email },
      'Call ended: the connection failed on Ben’s side. Call again.',
    ],
    [
      { reason: 'unusable', email },
      'Call ended: Ben’s app sent something that this one cannot use. Reload both pages, or update both apps.',
    ],
    [
      { reason: 'unusable-there', email },
      'Call ended: this app sent something that Ben’s app cannot use. Reload both pages, or update both apps.',
    ],
    [{ reason: 'moved', email }, 'Ben is in another call now.'],
    [{ reason: 'declined', email }, 'Ben has declined.'],
    [
      { reason: 'declined-before', email },
      'Ben declined a moment ago. Wait a minute before you call again.',
    ],
    [{ reason: 'busy', email }, 'Ben is in another call.'],
    [{ reason: 'unanswered', email }, 'Ben does not answer.'],
    [{ reason: 'missed', email }, 'You missed a call from Ben.'],
    [{ reason: 'over', email: '' }, 'The call was over before you were in it.'],
    [{ reason: 'ended', email }, 'The call with Ben has ended.'],
  ];

  it.each(ENDS)('%o', (end, sentence) => {
    expect(endSentence(end)).toBe(sentence);
  });

  it('and no two are alike', () => {
    expect(new Set(ENDS.map(([, sentence]) => sentence)).size).toBe(ENDS.length);
  });
});

it('one of several in a call is said without its end', () => {
  expect(endSentence({ reason: 'lost', email }, 'member')).toBe('The connection to Ben was lost.');
  expect(endSentence({ reason: 'hung-up', email }, 'member')).toBe('Ben has hung up.');
});

it.each([
  [1_000, '1 second'],
  [45_000, '45 seconds'],
  [600_000, '10 minutes'],
  [7_200_000, '2 hours'],
])('sleep of %d ms is said as %s', (sleptMs, words) => {
  expect(endSentence({ reason: 'slept', email, sleptMs })).toContain(`asleep for ${words},`);
});
