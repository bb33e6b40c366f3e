// A static app: it shows one state and keeps only changes of the views.

import type { Announcement, App, RoomDraft, Store } from '../app';
import type { PersonEvent } from '../engine/event';
import type { PeerId, State } from '../engine/state';
import type { OwnRelayPort, Settings, StreamSource } from '../ports';
import { DEFAULT_SETTINGS } from '../protocol/settings';
import { drawnStream } from './drawn-stream';
import { BEGINNING, ROOM_SESSION } from './people';
import type { GalleryScreen } from './gallery-screen';

const SETTINGS: Settings = {
  ...DEFAULT_SETTINGS,
  email: ROOM_SESSION.email,
  room: ROOM_SESSION.room,
  relay: ROOM_SESSION.relay,
  recentRooms: ['42', 'standup', 'family'].map((room) => ({ room, relay: ROOM_SESSION.relay })),
};

export function galleryApp(screen: GalleryScreen, appearance: 'dark' | 'light'): App {
  const engine = kept<State>({ ...BEGINNING, ...screen.state });
  const settings = kept<Settings>({ ...SETTINGS, ...screen.settings, appearance });
  const { camera, microphone } = engine.get().media;
  const local = still(camera.capture.kind === 'on' ? drawnStream(0, microphone.wanted) : null);
  const announcement = kept<Announcement>({ text: '', count: 0, shown: 'on-screen' });
  const remotes = new Map<PeerId, StreamSource>();

  function remote(peer: PeerId): StreamSource {
    const known = remotes.get(peer);
    if (known !== undefined) return known;
    const made = still(drawnStream(Number(peer.slice(1)) + 1, peer === 'l1'));
    remotes.set(peer, made);
    return made;
  }

  return {
    engine: {
      ...engine,
      dispatch: (event) => engine.set(answered(engine.get(), event)),
    },
    settings: { ...settings, change: (change) => settings.set({ ...settings.get(), ...change }) },
    announcement,
    notify: (text) => announcement.set({ text, count: 1, shown: 'as-toast' }),
    roomDraft: kept<RoomDraft | null>(screen.roomDraft ?? null),
    warning: { get: () => null, subscribe: () => () => undefined },
    local,
    remote,
    loudness: () => null,
    host: {
      kind: 'window',
      canCall: true,
      canChooseRelay: true,
      invited: () => Promise.resolve(null),
      onInvited: () => undefined,
      inviteLink: (room) => Promise.resolve(`https://calls.example.org/r/${room}`),
      readInvite: (text) =>
        Promise.resolve({
          kind: 'unreadable',
          text,
          reason: { code: 'invite-unreadable', detail: 'No invite.' },
        }),
      copy: (text) => navigator.clipboard.writeText(text),
      ownRelay: ownRelay(),
      attention: () => undefined,
      showInAddressBar: () => undefined,
      onBack: () => undefined,
    },
    newId: () => crypto.randomUUID(),
  };
}

/** The few events that need no engine. */
function answered(state: State, event: PersonEvent): State {
  if (event.type !== 'microphone-toggled' && event.type !== 'camera-toggled') return state;
  const kind = event.type === 'camera-toggled' ? 'camera' : 'microphone';
  const device = { ...state.media[kind], wanted: !state.media[kind].wanted };
  return { ...state, media: { ...state.media, [kind]: device } };
}

function kept<T>(first: T): Store<T> & { set(value: T): void } {
  let value = first;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(next) {
      value = next;
      for (const listener of listeners) listener();
    },
  };
}

function ownRelay(): OwnRelayPort {
  let shared = false;
  const state = () =>
    Promise.resolve({ sharing: shared, addresses: shared ? ['192.0.2.17:8787'] : [] });
  return {
    state,
    share(sharing) {
      shared = sharing;
      return state();
    },
  };
}

function still(stream: MediaStream | null): StreamSource {
  return { get: () => stream, subscribe: () => () => undefined };
}
