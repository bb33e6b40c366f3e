import { describe, expect, it } from 'vitest';

import { plainText } from '../../engine/sentence';
import { nameList } from './words';

describe('nameList', () => {
  it.each([
    [[], 'Nobody'],
    [['Ana'], 'Ana'],
    [['Ana', 'Ben'], 'Ana and Ben'],
    [['Ana', 'Ben', 'Cleo'], 'Ana, Ben and Cleo'],
    [['Ana', 'Ben', 'Cleo', 'Dan'], 'Ana, Ben and 2 others'],
  ])('%j reads %s', (names, words) => {
    expect(plainText(nameList(names))).toBe(words);
  });
});
