// The running app as the views see it: state to read, events to dispatch, streams to show.
// `runtime.ts` creates it.

import type { PersonEvent } from './engine/event';
import type { Slot } from './engine/media/slot';
import type { PeerId, State } from './engine/state';
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
  /** A warning about settings that cannot be read or saved. */
  readonly warning: Store<string | null>;
  readonly local: StreamSource;
  /** What the peer sends in this slot; a video slot together with its audio. */
  remote(peer: PeerId, slot: Slot): StreamSource;
  /** How loud the peer is now, from 0 to 1; null where the engine does not tell. */
  loudness(peer: PeerId): number | null;
  readonly host: HostPort;
  /** Random ids for the events that need one. */
  newId(): string;
}

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
