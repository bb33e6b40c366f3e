import { describe, expect, it } from 'vitest';

import { controlSizeOf } from './control-size';
import { MOST_PINS, togglePin } from './pins';
import { recentSpeakers } from './recent-speakers';

describe('togglePin', () => {
  it('pins and unpins', () => {
    expect(togglePin([], 'a')).toEqual(['a']);
    expect(togglePin(['a', 'b'], 'a')).toEqual(['b']);
  });

  it('lets the oldest go', () => {
    const many = Array.from({ length: MOST_PINS }, (_, index) => `p${index}`);
    expect(togglePin(many, 'new')).toEqual([...many.slice(1), 'new']);
  });
});

describe('recentSpeakers', () => {
  it('has the last one first, each once', () => {
    expect(['a', 'b', 'a', null].reduce<readonly string[]>(recentSpeakers, [])).toEqual(['a', 'b']);
  });

  it('is the same value while nothing changes', () => {
    const before = ['a', 'b'];
    expect(recentSpeakers(before, 'a')).toBe(before);
    expect(recentSpeakers(before, null)).toBe(before);
  });
});

describe('controlSizeOf', () => {
  it.each([
    [1280, 'wide'],
    [720, 'wide'],
    [719, 'medium'],
    [480, 'medium'],
    [479, 'small'],
    [0, 'small'],
  ] as const)('%i px are %s', (width, size) => {
    expect(controlSizeOf(width)).toBe(size);
  });
});
