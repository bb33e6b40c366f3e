// Shows one screen of the app, made of the real views and a state written by hand:
// `?screen=NAME&appearance=dark|light&people=usual|long|mixed|hostile&direction=ltr|rtl`. A page for
// development; the product is built without it.

import { createRoot } from 'react-dom/client';

import { AppView } from '../views/app-view';
import { galleryApp } from './gallery-app';
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
  const appearance = wanted.get('appearance') === 'light' ? 'light' : 'dark';
  const app = galleryApp(screen, appearance);
  createRoot(root).render(<AppView app={app} dialog={screen.dialog ?? 'none'} />);
  document.documentElement.dir = wanted.get('direction') === 'rtl' ? 'rtl' : 'ltr';
  screen.act?.(root, app);
  // For tests: from the next frame on, the screen is as it will be.
  requestAnimationFrame(() => requestAnimationFrame(() => (root.dataset['acted'] = 'yes')));
}
