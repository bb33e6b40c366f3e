// Every screen in a desktop's window, as it is and at a zoom of 200 %, and its states in forced
// colours.

import { describe, expect, test } from 'vitest';

import { checkLayout, checkScreens } from './checks/check-screens';
import { forcedColourFaults } from './checks/forced-colour-faults';
import { DESKTOP, ZOOMED } from './checks/look';
import { show } from './checks/shown-screen';
import { screenNames } from './screens';

test('the built gallery has every screen', async () => {
  const view = await show('lobby', DESKTOP);
  expect(view.galleryScreens).toEqual(screenNames);
});

checkScreens('a desktop', DESKTOP);
checkLayout('a zoom of 200 %', ZOOMED);

describe('forced colours keep every state visible', () => {
  test.each([
    'lobby',
    'lobby-relay',
    'settings',
    'settings-sounds',
    'settings-appearance',
    'call-2',
    'call-muted',
    'call-reconnecting',
  ])('%s', async (name) => {
    const view = await show(name, { ...DESKTOP, colours: 'forced' });
    expect(view.matchMedia('(forced-colors: active)').matches).toBe(true);
    expect(forcedColourFaults(view.document)).toEqual([]);
  });
});
