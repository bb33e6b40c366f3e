// Shows one screen of the app, made of the real views and a state written by hand:
// `?screen=NAME&appearance=dark|light&people=usual|long|mixed|hostile&direction=ltr|rtl&pictures=still`. A page for
// development; the product is built without it.

import { createRoot } from 'react-dom/client';

import type { State } from '../engine/state';
import { AppView } from '../views/app-view';
import { loadCallView } from '../views/call/lazy-call-view';
import { allDone } from './act';
import { drawn, galleryApp } from './gallery-app';
import type { Appearance, GalleryScreen } from './gallery-screen';
import { SCREENS, screenNames } from './screens';

declare global {
  interface Window {
    galleryScreens: readonly string[];
    /** Changes the appearance of the shown screen. */
    galleryAppearance: (appearance: Appearance) => void;
    /** How often a person's tile was drawn. */
    galleryTilesDrawn: () => number;
    /** The engine's state of the shown screen. */
    galleryState: () => State;
  }
}

window.galleryScreens = screenNames;
window.galleryTilesDrawn = () => drawn.tiles;

const wanted = new URLSearchParams(window.location.search);
const name = wanted.get('screen') ?? screenNames[0] ?? '';
const screen = SCREENS[name];
const root = document.getElementById('root');
if (root === null) throw new Error('gallery.html has no element #root.');
if (screen === undefined) {
  root.textContent = `There is no screen "${name}". Choose one of: ${screenNames.join(', ')}.`;
} else {
  await loadParts();
  await show(root, screen);
}

/** As in the app, where they are there long before a call. */
async function loadParts(): Promise<void> {
  await Promise.all([
    loadCallView(),
    import('../views/settings/settings-dialog'),
    import('../views/connection-test/connection-test-dialog'),
    import('../views/settings/shortcuts-dialog'),
    import('../views/panel/side-panel'),
    import('../views/chat/chat-panel'),
    import('../views/hands/row-reactions'),
    import('../views/room/entry'),
  ]);
}

async function show(place: HTMLElement, shown: GalleryScreen): Promise<void> {
  const app = galleryApp(shown, wanted.get('appearance') === 'light' ? 'light' : 'dark');
  window.galleryAppearance = (appearance) => app.settings.change({ appearance });
  window.galleryState = () => app.engine.get();
  createRoot(place).render(<AppView app={app} dialog={shown.dialog ?? 'none'} />);
  document.documentElement.dir = wanted.get('direction') === 'rtl' ? 'rtl' : 'ltr';
  const acts = shown.actsAt?.(window.innerWidth) ?? true;
  if (acts) shown.act?.(place, app);
  const acted = (await allDone()) ? 'yes' : 'in-part';
  // For tests: from the next frame on, the screen is as it will be.
  requestAnimationFrame(() => requestAnimationFrame(() => (place.dataset['acted'] = acted)));
}
