// A static app: it shows one state and keeps only changes of the views.

import { NOTHING_FOUND } from '../engine/connection-test/findings';
import type { Announcement, App, FilesApp, PrivateInvite, RoomDraft, Store } from '../app';
import type { ChatItem } from '../engine/chat/state';
import type { PersonEvent } from '../engine/event';
import type { DoorView } from '../engine/private/door-view';
import type { FilesState } from '../engine/files/state';
import { changeOf } from '../engine/pointing/marks';
import { NO_FILES } from '../engine/files/initial';
import { step } from '../engine/router';
import type { Slot } from '../engine/media/slot';
import type { PeerId, State } from '../engine/state';
import type {
  FilesFolder,
  FilesFolderPort,
  OwnRelayPort,
  ScreenQuestion,
  Settings,
  StreamSource,
} from '../ports';
import { DEFAULT_SETTINGS } from '../protocol/settings';
import { drawnScreen, drawnThumbnail } from './drawn-screen';
import { drawnStream } from './drawn-stream';
import { BEGINNING, ROOM_SESSION } from './people';
import type { Appearance, GalleryScreen } from './gallery-screen';

const DOWNLOADS: FilesFolder = { path: '/home/ana/Downloads', folder: 'downloads' };
const SETTINGS: Settings = {
  ...DEFAULT_SETTINGS,
  email: ROOM_SESSION.email,
  room: ROOM_SESSION.room,
  relay: ROOM_SESSION.relay,
  recentRooms: ['42', 'standup', 'family'].map((room) => ({ room, relay: ROOM_SESSION.relay })),
};

/** How often a person's tile was drawn. */
export const drawn = { tiles: 0 };

export function galleryApp(screen: GalleryScreen, appearance: Appearance): App {
  const engine = kept<State>({ ...BEGINNING, ...screen.state });
  const settings = kept<Settings>({ ...SETTINGS, ...screen.settings, appearance });
  const { camera, microphone } = engine.get().media;
  const local = still(camera.capture.kind === 'on' ? drawnStream(0, microphone.wanted) : null);
  const announcement = kept<Announcement>({ text: '', count: 0, shown: 'on-screen' });
  const files: FilesApp = {
    ...kept<FilesState>({ ...NO_FILES, ...screen.files }),
    dispatch: () => undefined,
    send: () => Promise.resolve(0),
    save: () => undefined,
  };
  const remotes = new Map<string, StreamSource>();

  function remote(peer: PeerId, slot: Slot): StreamSource {
    if (slot === 'camera') drawn.tiles += 1;
    const key = `${peer} ${slot}`;
    const known = remotes.get(key);
    if (known !== undefined) return known;
    const person = Number(peer.slice(1)) + 1;
    const made = still(
      slot === 'screen' ? drawnScreen(person, peer === 'l1') : drawnStream(person, peer === 'l1'),
    );
    remotes.set(key, made);
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
    privateInvite: kept<PrivateInvite | null>(screen.privateInvite ?? null),
    stayInOpen: (room) =>
      Promise.resolve({ room, session: 's', sealed: { secret: null, signing: '', load: 0 } }),
    passcode: kept<string | null>(screen.passcode ?? null),
    door: kept<DoorView | null>(screen.door ?? null),
    stayByPasscode: () => Promise.resolve({ code: 'private-insecure' }),
    suggestPasscode: () => Promise.resolve('marble canoe ribbon walnut'),
    stayIn: () => Promise.resolve({ code: 'private-insecure' }),
    warning: { get: () => null, subscribe: () => () => undefined },
    local,
    capturedScreen: still(engine.get().share.kind === 'on' ? drawnScreen(0, false) : null),
    ownScreen: still(engine.get().share.kind === 'on' ? drawnScreen(0, false) : null),
    remote,
    loudness: () => null,
    files: () => Promise.resolve(files),
    identity: { load: () => Promise.resolve(), renew: () => Promise.resolve(true) },
    host: {
      kind: 'window',
      canCall: true,
      canShare: true,
      screenPicker: kept<ScreenQuestion | null>(
        screen.screenSources === undefined
          ? null
          : {
              sources: screen.screenSources,
              audio: screen.screenAudio ?? 'possible',
              watchThumbnails(show) {
                // The last one is a window that shows nothing.
                const shown = screen.screenSources?.slice(0, -1) ?? [];
                for (const [person, source] of shown.entries()) {
                  const thumbnail = drawnThumbnail(person, source);
                  if (thumbnail !== null) show(source.id, thumbnail);
                }
                return () => undefined;
              },
              answer: () => undefined,
            },
      ),
      forgetScreen: screen.screenIsKept === true ? () => Promise.resolve() : null,
      canChooseRelay: true,
      isSecure: true,
      invited: () => Promise.resolve(null),
      onInvited: () => undefined,
      inviteLink: (room) => Promise.resolve(`https://calls.example.org/r/${room}`),
      readInvite: (text) =>
        Promise.resolve({
          kind: 'unreadable',
          text,
          reason: { code: 'invite-unreadable', error: { code: 'not-a-link' } },
        }),
      copy: (text) => navigator.clipboard.writeText(text),
      ownRelay: ownRelay(),
      filesFolder: filesFolder(screen.filesFolder),
      attention: () => undefined,
      smallWindow: null,
      showInAddressBar: () => undefined,
      onBack: () => undefined,
    },
    testConnection(told) {
      told(screen.findings ?? NOTHING_FOUND);
      return () => undefined;
    },
    newId: () => crypto.randomUUID(),
  };
}

/** The few events that tests look at. */
function answered(state: State, event: PersonEvent): State {
  if (event.type === 'pointed' && state.room.kind === 'inside') {
    const { screen, at } = event;
    const change = changeOf(state.pointing, state.room.self, { type: 'point', screen, at });
    if (change?.kind !== 'marked') return state;
    return { ...state, pointing: { ...state.pointing, marks: [change.mark] } };
  }
  if (event.type === 'video-shown')
    return { ...state, ownDemand: { ...state.ownDemand, shown: event.shown } };
  if (event.type === 'chat-sent') return withMessage(state, event);
  if (event.type.startsWith('share-') && state.share.kind === 'on') return step(state, event)[0];
  if (event.type !== 'microphone-toggled' && event.type !== 'camera-toggled') return state;
  const kind = event.type === 'camera-toggled' ? 'camera' : 'microphone';
  const device = { ...state.media[kind], wanted: !state.media[kind].wanted };
  return { ...state, media: { ...state.media, [kind]: device } };
}

function withMessage(
  state: State,
  { text, time }: Extract<PersonEvent, { type: 'chat-sent' }>,
): State {
  const { chat } = state;
  const number = chat.kept.messages.length + 1;
  const { session: author, email } = ROOM_SESSION;
  const body = { kind: 'text', text } as const;
  const item: ChatItem = { author, number, clock: number, email, time, body, fate: 'delivered' };
  const messages = [...chat.kept.messages, item];
  return { ...state, chat: { ...chat, kept: { ...chat.kept, messages } } };
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

function filesFolder(shown: FilesFolder = DOWNLOADS): FilesFolderPort {
  const answer = () => Promise.resolve(shown);
  return { current: answer, choose: answer, reset: () => Promise.resolve(DOWNLOADS) };
}

function still(stream: MediaStream | null): StreamSource {
  return { get: () => stream, subscribe: () => () => undefined };
}
