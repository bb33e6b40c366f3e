// The transfers in the running app: follows the call's peers, the line and the settings, and tells
// people what happens.

import type { Store } from '../app';
import type { Event } from '../engine/event';
import type { FilePeer } from '../engine/files/state';
import { withNames } from '../engine/person-name';
import type { State } from '../engine/state';
import { emailsIn } from '../engine/step-context';
import type { FilesPort, PeersPort, Settings } from '../ports';
import { fileTexts } from '../text/file-texts';
import { startFiles, type RunningFiles } from './files';
import { filePeers, isSamePeers, lineSamples } from './files/call-peers';

export interface CallSurroundings {
  readonly peers: PeersPort;
  readonly state: Store<State>;
  readonly settings: Store<Settings>;
  readonly dispatch: (event: Event) => void;
  readonly notify: (text: string) => void;
  readonly newId: () => string;
}

export function filesInCall(
  disk: FilesPort,
  { peers, state, settings, dispatch, notify, newId }: CallSurroundings,
): RunningFiles {
  const running = startFiles({
    disk,
    peers,
    say: (to, message) => dispatch({ type: 'file-say', to, message }),
    note(note) {
      const { room } = state.get();
      const present = room.kind === 'inside' ? emailsIn(room) : [];
      notify(withNames(fileTexts.note(note), present));
    },
    newId,
  });
  let known: readonly FilePeer[] = [];
  let statistics: State['statistics'] | null = null;

  function follow(): void {
    const now = state.get();
    const current = filePeers(now);
    if (!isSamePeers(known, current)) {
      known = current;
      running.play({ type: 'peers-changed', at: performance.now(), peers: current });
    }
    if (now.statistics === statistics) return;
    statistics = now.statistics;
    const { sending, receiving } = running.get();
    if ([...sending, ...receiving].every(({ state: { kind } }) => kind === 'ended')) return;
    running.play({ type: 'line-samples', at: performance.now(), samples: lineSamples(now) });
  }

  function followSettings(): void {
    const receives = settings.get().receiveFiles ? 'ask' : 'never';
    if (receives !== running.get().receives) running.play({ type: 'receives-changed', receives });
  }

  state.subscribe(follow);
  settings.subscribe(followSettings);
  followSettings();
  follow();
  return running;
}
