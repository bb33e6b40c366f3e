import { decodeQR } from 'qr/decode.js';
import { describe, expect, it } from 'vitest';

import { codePath } from './code-path';

const SCALE = 4;

/** As a camera sees it. */
function pictureOf({ size, path }: ReturnType<typeof codePath>) {
  const side = size * SCALE;
  const data = new Uint8Array(side * side * 4).fill(255);
  for (const [, x = '', y = ''] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/gu)) {
    for (let row = 0; row < SCALE; row += 1) {
      const start = ((Number(y) * SCALE + row) * side + Number(x) * SCALE) * 4;
      for (let at = start; at < start + SCALE * 4; at += 4) data.fill(0, at, at + 3);
    }
  }
  return { width: side, height: side, data };
}

describe('code', () => {
  it.each([
    'https://calls.example.org/r/42',
    `https://calls.example.org/r/private-${'a'.repeat(43)}#1.${'B'.repeat(43)}`,
    'https://calls.example.org/r/Gr%C3%BC%C3%9Fe',
  ])('of_%s_is_read_again', (link) => {
    expect(decodeQR(pictureOf(codePath(link)))).toBe(link);
  });

  it('has_a_light_margin', () => {
    const { path } = codePath('https://calls.example.org/r/42');
    const places = [...path.matchAll(/M(\d+) (\d+)h/gu)].flatMap(([, x, y]) => [
      +(x ?? 0),
      +(y ?? 0),
    ]);
    expect(Math.min(...places)).toBe(4);
  });
});
