// Links in chat: only http and https, whole, and nothing of the sentence around them.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { linkedParts } from './linked-text';

function links(line: string): readonly string[] {
  return linkedParts(line).flatMap((part) => (part.kind === 'link' ? [part.text] : []));
}

describe('links', () => {
  it.each([
    ['see https://example.org.', ['https://example.org']],
    ['(https://example.org/a_(b))', ['https://example.org/a_(b))']],
    ['[https://example.org/a]', ['https://example.org/a']],
    ['HTTP://Example.org/A?b=c#d, and', ['HTTP://Example.org/A?b=c#d']],
    ['https://a.example https://b.example', ['https://a.example', 'https://b.example']],
    ['https://[::1]:8080/x', ['https://[::1]:8080/x']],
    ['«https://example.org/é»', ['https://example.org/é']],
  ])('in_%s', (line, found) => {
    expect(links(line)).toEqual(found);
  });

  it.each([
    ['javascript:alert(1)'],
    ['data:text/html,<script>alert(1)</script>'],
    ['file:///etc/passwd'],
    ['snug://example.org/r/42'],
    ['www.example.org'],
    ['https://'],
    ['https://example.org@evil.example/'],
    ['https://user:pass@evil.example/'],
    ['https://example.org/\u200fgro.live'],
  ])('none_in_%s', (line) => {
    expect(links(line)).toEqual([]);
  });

  it('parts_are_the_whole_line', () => {
    const line = fc.array(
      fc.oneof(fc.string(), fc.webUrl(), fc.constantFrom('https://', '(', ').', ' ', '\u202e')),
    );
    fc.assert(
      fc.property(line, (words) => {
        const text = words.join('');
        expect(
          linkedParts(text)
            .map((part) => part.text)
            .join(''),
        ).toBe(text);
        for (const part of linkedParts(text)) {
          if (part.kind === 'link') expect(part.address).toMatch(/^https?:/u);
        }
      }),
    );
  });
});
