import { describe, expect, it } from 'vitest';

import { displayName, initials, nameList, personColour } from './person';

describe('displayName', () => {
  it.each([
    ['ana@example.org', 'Ana'],
    ['ana.souza@example.org', 'Ana Souza'],
    ['ana_maria-souza+calls@example.org', 'Ana Maria Souza'],
    ['éloïse@example.org', 'Éloïse'],
    ['no-address', 'no-address'],
    ['@example.org', '@example.org'],
    ['...@example.org', '...@example.org'],
    ['   ', 'Somebody'],
  ])('%s is called %s', (email, name) => {
    expect(displayName(email)).toBe(name);
  });
});

describe('initials', () => {
  it.each([
    ['ana@example.org', 'A'],
    ['ana.souza@example.org', 'AS'],
    ['ana.maria.souza@example.org', 'AS'],
    ['7of9@example.org', '7'],
    ['', 'S'],
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

describe('nameList', () => {
  it.each([
    [[], 'Nobody'],
    [['ana@x'], 'Ana'],
    [['ana@x', 'ben@x'], 'Ana and Ben'],
    [['ana@x', 'ben@x', 'cleo@x'], 'Ana, Ben and Cleo'],
    [['ana@x', 'ben@x', 'cleo@x', 'dan@x'], 'Ana, Ben and 2 others'],
  ])('%j reads %s', (emails, words) => {
    expect(nameList(emails)).toBe(words);
  });
});
