// Shows one screen of the app, made of the real views and a state written by hand:
// `?screen=NAME&appearance=dark|light&people=usual|long|mixed|hostile&direction=ltr|rtl`. A page for
// development; the product is built without it.

import { createRoot } from 'react-dom/client';

import { AppView } from '../views/app-view';
import { loadCallView } from '../views/call/lazy-call-view';
import { galleryApp } from './gallery-app';
import type { GalleryScreen } from './gallery-screen';
import { SCREENS, screenNames } from './screens';

declare global {
  interface Window {
    galleryScreens: readonly string[];
  }
}

window.galleryScreens = screenNames;

const wanted = new URLSearchParams(window.location.search);
const name = wanted.get('screen') ?? screenNames[0] ?? '';
const screen = SCREENS[name];
const root = document.getElementById('root');
if (root === null) throw new Error('gallery.html has no element #root.');
if (screen === undefined) {
  root.textContent = `There is no screen "${name}". Choose one of: ${screenNames.join(', ')}.`;
} else {
  // As in the app, where it is there long before a call.
  void loadCallView().then(() => show(root, screen));
}

function show(place: HTMLElement, shown: GalleryScreen): void {
  const appearance = wanted.get('appearance') === 'light' ? 'light' : 'dark';
  const app = galleryApp(shown, appearance);
  createRoot(place).render(<AppView app={app} dialog={shown.dialog ?? 'none'} />);
  document.documentElement.dir = wanted.get('direction') === 'rtl' ? 'rtl' : 'ltr';
  shown.act?.(place, app);
  // For tests: from the next frame on, the screen is as it will be.
  requestAnimationFrame(() => requestAnimationFrame(() => (place.dataset['acted'] = 'yes')));
}
