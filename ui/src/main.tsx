// Starts the page and chooses the adapters: desktop window or browser.
//
// Invariant: a page that cannot start shows an error.

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { sleepDetector } from './adapters/sleep-detector';
import { sounds } from './adapters/sounds';
import { timers } from './adapters/timers';
import { roomSessionStorage } from './adapters/room-session';
import { media } from './adapters/webrtc/media';
import { peers } from './adapters/webrtc/peers';
import type { Ports } from './ports';
import { startApp } from './runtime';
import { AppView } from './views/app-view';

async function start(root: HTMLElement): Promise<void> {
  const app = await startApp(await choosePorts());
  // From here on what is missing is said by the page itself; see public/load-failure.js.
  document.documentElement.dataset['started'] = '';
  createRoot(root).render(
    <StrictMode>
      <AppView app={app} />
    </StrictMode>,
  );
}

async function choosePorts(): Promise<Ports> {
  // Loaded only where it is needed: a guest's browser fetches none of the window's code.
  const { hostPorts } =
    '__TAURI_INTERNALS__' in globalThis
      ? await import('./adapters/tauri')
      : await import('./adapters/browser');
  const { captured, ...port } = media();
  return {
    ...hostPorts(),
    media: port,
    peers: peers(captured),
    roomSession: roomSessionStorage(),
    sounds: sounds(),
    timers: timers(),
    sleep: sleepDetector(),
  };
}

function sayItCannotStart(root: HTMLElement, error: unknown): void {
  const reason = error instanceof Error ? ` (${error.message})` : '';
  const message = document.createElement('p');
  message.setAttribute('role', 'alert');
  message.textContent = `Snug could not start${reason}. Reload the page; if that does not help, update your browser.`;
  root.replaceChildren(message);
}

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element #root.');
start(root).catch((error: unknown) => sayItCannotStart(root, error));
