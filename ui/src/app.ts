// The running app as the views see it: state to read, events to dispatch, streams to show.
// `runtime.ts` creates it.

import type { Findings } from './engine/connection-test/findings';
import type { PersonEvent } from './engine/event';
import type { FilesPersonEvent } from './engine/files/events';
import type { FilePerson, FilesState, TransferId } from './engine/files/state';
import type { Slot } from './engine/media/slot';
import type { DoorView } from './engine/private/door-view';
import type { ProblemReason } from './engine/problem';
import type { PeerId, RoomSession, State } from './engine/state';
import type { HostPort, Settings, StreamSource } from './ports';

export interface App {
  readonly engine: Store<State> & { dispatch(event: PersonEvent): void };
  readonly settings: Store<Settings> & { change(change: Partial<Settings>): void };
  /** The last announcement. */
  readonly announcement: Store<Announcement>;
  /** Announces a sentence about the app and shows it as a toast. */
  notify(text: string): void;
  /**
   * The text of the room field while it differs from the settings: typed text, or an unread or
   * unreadable invite link. In memory only: it may hold the secret of a private room.
   */
  readonly roomDraft: Store<RoomDraft | null> & { set(draft: RoomDraft | null): void };
  /** The private room that is to be joined; null for the open room of the settings. In memory only. */
  readonly privateInvite: Store<PrivateInvite | null> & { set(invite: PrivateInvite | null): void };
  /** A new stay in an open room. */
  stayInOpen(room: string): Promise<SealedPlace | ProblemReason>;
  /** The passcode in the lobby; null while its field is folded. In memory only. */
  readonly passcode: Store<string | null> & { set(passcode: string | null): void };
  /** A new stay behind a passcode. */
  stayByPasscode(place: PasscodePlace): Promise<SealedPlace | ProblemReason>;
  /** Four words; rejected if their list cannot be loaded. */
  suggestPasscode(): Promise<string>;
  /** The door of the room with a passcode that the person is in; null elsewhere. */
  readonly door: Store<DoorView | null>;
  /** A new stay in this private room, or in a new one. */
  stayIn(invite: PrivateInvite | 'new'): Promise<SealedPlace | ProblemReason>;
  /** A warning about settings that cannot be read or saved. */
  readonly warning: Store<string | null>;
  readonly local: StreamSource;
  /** What this person shares. */
  readonly ownScreen: StreamSource;
  /** The screen or window of which a part is shared. */
  readonly capturedScreen: StreamSource;
  /** What the peer sends in this slot; a video slot together with its audio. */
  remote(peer: PeerId, slot: Slot): StreamSource;
  /** How loud the peer is now, from 0 to 1; null where the engine does not tell. */
  loudness(peer: PeerId): number | null;
  /** Loads the transfer of files, once; null where files have no place. */
  readonly files: (() => Promise<FilesApp>) | null;
  readonly identity: {
    /** Brings what is known of others into the engine; in a room it is there. */
    load(): Promise<void>;
    /** A new identity from the next room on; false if the old one stays. */
    renew(): Promise<boolean>;
  };
  readonly host: HostPort;
  /** Only outside of rooms. Tells what is known so far; returns what stops the test. */
  testConnection(told: (findings: Findings) => void): () => void;
  /** Random ids for the events that need one. */
  newId(): string;
}

/** Files on their way. `runtime/files.ts` creates it. */
export interface FilesApp extends Store<FilesState> {
  dispatch(event: FilesPersonEvent): void;
  /** Offers files to these people; resolves with how many of them cannot be read. */
  send(files: readonly File[], to: readonly FilePerson[]): Promise<number>;
  /** Hands a received file out again. */
  save(transfer: TransferId): void;
}

export interface PrivateInvite {
  readonly room: string;
  /** The fragment of its link. */
  readonly secret: string;
}

/** A room with a passcode: by its link, or by its name. */
export interface PasscodePlace {
  readonly invite: PrivateInvite | null;
  readonly name: string;
  /** As it was typed. */
  readonly passcode: string;
}

/** A stay in a room, before anybody's name is in it. */
export type SealedPlace = Required<Pick<RoomSession, 'room' | 'session' | 'sealed'>>;

export interface RoomDraft {
  readonly text: string;
  /** Why it names no room; null before the first try. */
  readonly problem: string | null;
}

export interface Announcement {
  /** A sentence with isolates (engine/sentence.ts). */
  readonly text: string;
  /** Distinguishes two equal announcements. */
  readonly count: number;
  readonly shown: 'on-screen' | 'as-toast';
}

export interface Store<T> {
  readonly get: () => T;
  readonly subscribe: (listener: () => void) => () => void;
}
