// Loads the transfers when they are first needed, and keeps what members say until then.
//
// Invariant: messages arrive in order. Those before a failed load are dropped: the other end offers
// again with the next connection.

import type { App } from '../app';
import type { Effect } from '../engine/effect';
import type { FilesPort } from '../ports';
import type { RunningFiles } from './files';
import type { CallSurroundings } from './files-in-call';

type Heard = Extract<Effect, { type: 'file-heard' }>;

export interface FilesLoading {
  readonly load: App['files'];
  hear(heard: Heard): void;
}

export function filesLoading(
  place: (() => Promise<FilesPort>) | null,
  surroundings: CallSurroundings,
): FilesLoading {
  if (place === null) {
    return {
      load: null,
      hear({ from, message }) {
        if (message.type !== 'file-offer') return;
        const { transfer } = message;
        const refusal = { type: 'file-refuse', transfer, reason: 'unable' } as const;
        surroundings.dispatch({ type: 'file-say', to: from, message: refusal });
      },
    };
  }
  const disk = place;
  let loading: Promise<RunningFiles> | null = null;

  function load(): Promise<RunningFiles> {
    loading ??= start().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  }

  async function start(): Promise<RunningFiles> {
    const [{ filesInCall }, port] = await Promise.all([import('./files-in-call'), disk()]);
    return filesInCall(port, surroundings);
  }

  return {
    load,
    hear({ from, message }) {
      load().then(
        // The transfers have a clock of their own, which never goes back.
        (running) => running.play({ type: 'file-message', at: performance.now(), from, message }),
        () => undefined,
      );
    },
  };
}
