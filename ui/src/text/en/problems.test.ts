// Problems: the catalogue's sentence where there is one, else the words of the relay.

import { expect, test } from 'vitest';

import { problemText } from './problems';

test('refused_join_is_said_in_the_catalogues_words', () => {
  const reason = { code: 'relay-error', error: 'room-full', detail: 'Full.' } as const;
  expect(problemText(reason)).toContain('Try again when somebody has left');
});

test('error_without_a_sentence_is_said_in_the_relays_words', () => {
  const reason = { code: 'relay-error', error: 'too-large', detail: 'Too large.' } as const;
  expect(problemText(reason)).toBe('Too large.');
});

test('page_without_calls_names_the_caller_and_the_way_out', () => {
  const sentence = problemText({ code: 'cannot-call', email: 'ana@example.org' });
  expect(sentence).toContain('\u2068ana@example.org\u2069');
  expect(sentence).toContain('browser');
});
