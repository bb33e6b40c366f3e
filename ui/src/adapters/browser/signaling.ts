// The browser shell of `signaling-connection.ts`: socket, timer and token storage.
//
// Invariant: it makes no decisions, and events of a dropped socket are ignored.

import type { RelayEvent } from '../../engine/event';
import { isRecord } from '../../engine/json';
import type { SignalingPort } from '../../ports';
import { SUBPROTOCOL, WEBSOCKET_PATH, type ServerMessage } from '../../protocol/wire';
import {
  IDLE,
  stepConnection,
  type JoinRequest,
  type SignalingConnection,
  type ConnectionInput,
  type ConnectionOutput,
} from './signaling-connection';
import { probe } from './probe';

/** Per tab: a token takes over a membership, and two tabs must not share one. */
const TOKEN_KEY = 'snug.resume';

export function browserSignaling(): SignalingPort {
  let connection: SignalingConnection = IDLE;
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let listener: ((event: RelayEvent) => void) | null = null;

  const handle = (input: ConnectionInput): void => {
    const step = { now: performance.now(), time: Date.now(), random: Math.random() };
    const [next, outputs] = stepConnection(connection, input, step);
    connection = next;
    for (const output of outputs) perform(output);
  };

  const perform = (output: ConnectionOutput): void => {
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
        rememberToken(output.request, output.token);
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
    const ifCurrent = (input: ConnectionInput): void => {
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
    join({ room, email, proof }, status, device) {
      const request = { room, email, status, device, ...(proof === null ? {} : { proof }) };
      handle({ type: 'join', request, resume: tokenFor(request) });
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

/** Reads a frame; an invalid one is dropped without an error. */
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

// A browser may block storage; then a reload is a fresh join.

function rememberToken({ room, email }: JoinRequest, token: string): void {
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
    // Storage is blocked: nothing is stored.
  }
}

function tokenFor({ room, email }: JoinRequest): string | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(TOKEN_KEY) ?? 'null');
    if (!isRecord(kept) || kept['room'] !== room || kept['email'] !== email) return null;
    return typeof kept['token'] === 'string' ? kept['token'] : null;
  } catch {
    return null;
  }
}
