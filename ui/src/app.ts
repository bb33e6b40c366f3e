// What views see of the running app: a state to read, events to dispatch, streams to show.
// `runtime.ts` makes one; tests and the gallery can make others.

import type { PersonEvent } from './engine/event';
import type { LinkId, State } from './engine/state';
import type { HostPort, LinkStatistics, Settings, StreamSource } from './ports';

export interface App {
  readonly engine: Store<State> & { dispatch(event: PersonEvent): void };
  readonly settings: Store<Settings> & { change(change: Partial<Settings>): void };
  /** What was said last. */
  readonly announcement: Store<Announcement>;
  /** Says a sentence about the app itself, and shows it for a moment. */
  notify(text: string): void;
  /**
   * What the room field shows instead of the room of the settings: words that are being typed, a
   * link that is not read yet or cannot be. In memory only: it may hold a private room's secret.
   */
  readonly roomDraft: Store<RoomDraft | null> & { set(draft: RoomDraft | null): void };
  /** A sentence about settings that were set aside, or cannot be kept. */
  readonly warning: Store<string | null>;
  readonly local: StreamSource;
  remote(link: LinkId): StreamSource;
  statistics(link: LinkId): Promise<LinkStatistics | null>;
  readonly host: HostPort;
  /** Random ids for the events that need one. */
  newId(): string;
}

export interface RoomDraft {
  readonly text: string;
  /** Why it names no room; null while nobody has tried. */
  readonly problem: string | null;
}

export interface Announcement {
  /** A sentence with isolates (engine/sentence.ts). */
  readonly text: string;
  /** Tells two equal ones apart. */
  readonly count: number;
  readonly shown: 'on-screen' | 'as-toast';
}

export interface Store<T> {
  readonly get: () => T;
  readonly subscribe: (listener: () => void) => () => void;
}
