// What axe finds on a screen.

import axe from 'axe-core/axe.min.js?raw';

import type { ScreenWindow } from './shown-screen';

declare global {
  interface Window {
    axe?: typeof import('axe-core');
  }
}

/** The rules whose findings another appearance can change. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

/** By every rule, or by those of colours alone. */
export async function axeViolations(
  view: ScreenWindow,
  rules: 'all' | 'of-colours',
): Promise<readonly string[]> {
  // As of the screen's own page: a run from outside would take it for a part of this one.
  if (view.axe === undefined) view.eval(axe);
  if (view.axe === undefined) throw new Error('axe did not start.');
  const { violations } = await view.axe.run(view.document, {
    resultTypes: ['violations'],
    ...(rules === 'of-colours' ? { runOnly: COLOUR_RULES } : {}),
  });
  return violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`,
  );
}
