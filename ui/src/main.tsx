// Starts the page and chooses the adapters: desktop window or browser.
//
// Invariant: a page that cannot start shows an error.

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { pageVisibility } from './adapters/page-visibility';
import { sleepDetector } from './adapters/sleep-detector';
import { sounds } from './adapters/sounds';
import { timers } from './adapters/timers';
import { chatMemoryStorage } from './adapters/chat-memory';
import { roomSessionStorage } from './adapters/room-session';
import { media } from './adapters/webrtc/media';
import { peers } from './adapters/webrtc/peers';
import { screen } from './adapters/webrtc/screen/screen';
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
  const { captured: capturedScreen, ...screenPort } = screen();
  return {
    ...(await hostPorts()),
    media: port,
    screen: screenPort,
    peers: peers([captured, capturedScreen]),
    roomSession: roomSessionStorage(),
    chatMemory: chatMemoryStorage(),
    sounds: sounds(),
    timers: timers(),
    sleep: sleepDetector(),
    visibility: pageVisibility(),
    connectionTest: {
      load: async () => (await import('./adapters/webrtc/connection-test')).testPaths,
    },
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
