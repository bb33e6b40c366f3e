// The link of a browser page to the relay that served it: the socket, the timer and the storage
// that `link.ts` asks for.
//
// Invariant: it decides nothing, and events of a socket that was dropped reach nobody.

import type { SignalingEvent } from '../../engine/event';
import { isRecord } from '../../engine/json';
import type { SignalingPort } from '../../ports';
import { SUBPROTOCOL, WEBSOCKET_PATH, type ServerMessage } from '../../protocol/wire';
import { IDLE, stepLink, type JoinWish, type Link, type LinkInput, type LinkOutput } from './link';
import { probe } from './probe';

/** Of this tab only: a token takes a place over, and two tabs must not fight for one. */
const TOKEN_KEY = 'snug.resume';

export function browserSignaling(): SignalingPort {
  let link: Link = IDLE;
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let listener: ((event: SignalingEvent) => void) | null = null;

  const handle = (input: LinkInput): void => {
    const [next, outputs] = stepLink(link, input, Math.random());
    link = next;
    for (const output of outputs) perform(output);
  };

  const perform = (output: LinkOutput): void => {
    switch (output.type) {
      case 'open':
        socket?.close();
        socket = open();
        return;
      case 'drop': {
        const dropped = socket;
        socket = null;
        dropped?.close();
        return;
      }
      case 'transmit':
        socket?.send(JSON.stringify(output.message));
        return;
      case 'probe':
        void probe().then((found) => handle({ type: 'probed', found }));
        return;
      case 'wake':
        clearTimeout(timer);
        timer = setTimeout(() => handle({ type: 'woken' }), output.ms);
        return;
      case 'rest':
        clearTimeout(timer);
        return;
      case 'remember':
        rememberToken(output.wish, output.token);
        return;
      case 'forget':
        forgetToken();
        return;
      case 'emit':
        listener?.(output.event);
        return;
    }
  };

  const open = (): WebSocket => {
    const opened = new WebSocket(socketUrl(), SUBPROTOCOL);
    const ifCurrent = (input: LinkInput): void => {
      if (socket === opened) handle(input);
    };
    opened.addEventListener('open', () => ifCurrent({ type: 'opened' }));
    opened.addEventListener('close', ({ code }) => ifCurrent({ type: 'closed', code }));
    opened.addEventListener('message', (event: MessageEvent<unknown>) => {
      const message = readMessage(event.data);
      if (message !== null) ifCurrent({ type: 'frame', message });
    });
    return opened;
  };

  window.addEventListener('online', () => handle({ type: 'nudged' }));
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') handle({ type: 'nudged' });
  });

  return {
    listen(heard) {
      listener = heard;
    },
    join({ room, email }, status) {
      const wish = { room, email, status };
      handle({ type: 'join', wish, resume: tokenFor(wish) });
    },
    leave() {
      handle({ type: 'leave' });
    },
    send(message) {
      handle({ type: 'send', message });
    },
  };
}

function socketUrl(): string {
  const url = new URL(WEBSOCKET_PATH, location.origin);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

/** The relay's frames are ours by contract; one that is not is dropped, never thrown on. */
function readMessage(frame: unknown): ServerMessage | null {
  if (typeof frame !== 'string') return null;
  try {
    const value: unknown = JSON.parse(frame);
    return isMessage(value) ? value : null;
  } catch {
    return null;
  }
}

function isMessage(value: unknown): value is ServerMessage {
  return isRecord(value) && typeof value['type'] === 'string';
}

// A browser may refuse storage altogether; then a reload is a fresh join.

function rememberToken({ room, email }: JoinWish, token: string): void {
  try {
    sessionStorage.setItem(TOKEN_KEY, JSON.stringify({ room, email, token }));
  } catch {
    forgetToken();
  }
}

function forgetToken(): void {
  try {
    sessionStorage.removeItem(TOKEN_KEY);
  } catch {
    // Nothing is stored where nothing may be.
  }
}

function tokenFor({ room, email }: JoinWish): string | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(TOKEN_KEY) ?? 'null');
    if (!isRecord(kept) || kept['room'] !== room || kept['email'] !== email) return null;
    return typeof kept['token'] === 'string' ? kept['token'] : null;
  } catch {
    return null;
  }
}
