// What views see of the running app: a state to read, events to dispatch, streams to show.
// `runtime.ts` makes one; tests and the gallery can make others.

import type { PersonEvent } from './engine/event';
import type { LinkId, State } from './engine/state';
import type { HostPort, LinkStatistics, Settings, StreamSource } from './ports';

export interface App {
  readonly engine: Store<State> & { dispatch(event: PersonEvent): void };
  readonly settings: Store<Settings> & { change(change: Partial<Settings>): void };
  /** The last announcement, for the live region; `count` tells two equal ones apart. */
  readonly announcement: Store<{ readonly text: string; readonly count: number }>;
  /** A sentence about the settings file, if it had to be set aside. */
  readonly warning: string | null;
  readonly local: StreamSource;
  remote(link: LinkId): StreamSource;
  statistics(link: LinkId): Promise<LinkStatistics | null>;
  readonly host: HostPort;
  /** Random ids for the events that need one. */
  newId(): string;
}

export interface Store<T> {
  readonly get: () => T;
  readonly subscribe: (listener: () => void) => () => void;
}
