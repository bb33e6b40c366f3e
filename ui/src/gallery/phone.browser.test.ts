// Every screen on a guest's phone, with any names.

import { describe, expect, test } from 'vitest';

import { checkLayout, checkScreens, lastingFaults } from './checks/check-screens';
import { element } from './checks/element';
import { MIXED_NAMES, PHONE } from './checks/look';
import { nameFaults } from './checks/name-faults';
import { show } from './checks/shown-screen';
import { screenNames } from './screens';

const MIN_HOSTILE_NAMES = 50;

checkScreens('a phone', PHONE);
checkLayout('a phone with a camera in its edge, mixed names, right to left', {
  ...PHONE,
  ...MIXED_NAMES,
  edges: 'phone',
});

describe('hostile names do not affect other text', () => {
  let found = 0;
  test.each(screenNames)('%s', async (name) => {
    const view = await show(name, { ...PHONE, people: 'hostile' });
    const names = nameFaults(view.document);
    found += names.found;
    expect.soft(names.faults).toEqual([]);
    expect.soft(await lastingFaults(view)).toEqual([]);
  });
  test('hostile names are on the screens', () => {
    expect(found).toBeGreaterThan(MIN_HOSTILE_NAMES);
  });
});

describe('joining on a phone needs no scrolling', () => {
  test.each(
    ['lobby', 'lobby-no-camera', 'lobby-denied', 'lobby-long-email'].flatMap((name) =>
      (['straight', 'phone'] as const).map((edges) => ({ name, edges })),
    ),
  )('$name, $edges edges', async ({ name, edges }) => {
    const view = await show(name, { ...PHONE, edges });
    const join = await element(view, 'button', 'Join room');
    expect(join.getBoundingClientRect().bottom).toBeLessThanOrEqual(PHONE.height);
  });
});
