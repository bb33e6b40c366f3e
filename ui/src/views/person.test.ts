import { describe, expect, it } from 'vitest';

import { initials, personColour } from './person';

describe('initials', () => {
  it.each([
    ['ana@example.org', 'A'],
    ['ana.souza@example.org', 'AS'],
    ['ana.maria.souza@example.org', 'AS'],
    ['7of9@example.org', '7'],
    ['', '?'],
    ['…', '?'],
  ])('%s has %s', (email, letters) => {
    expect(initials(email)).toBe(letters);
  });
});

describe('personColour', () => {
  it('is one of six and the same for the same address in any case', () => {
    for (const email of ['', 'a', 'ana@example.org', '🙂@example.org']) {
      expect(personColour(email)).toBeGreaterThanOrEqual(1);
      expect(personColour(email)).toBeLessThanOrEqual(6);
    }
    expect(personColour('ANA@example.org')).toBe(personColour('ana@example.org'));
  });
});
