import { expect, test } from 'vitest';

import { readViewChoices } from './view-choices';

test('view_choices_are_read_as_they_were_written', () => {
  const choices = { layout: 'speaker', showSelf: 'hidden' } as const;
  expect(readViewChoices(JSON.parse(JSON.stringify(choices)))).toEqual(choices);
});

test.each([null, 'grid', [], {}, { layout: 'pair', showSelf: 1 }])(
  'invalid_view_choices_take_their_defaults: %j',
  (value) => {
    expect(readViewChoices(value)).toEqual({ layout: 'automatic', showSelf: 'grid' });
  },
);
