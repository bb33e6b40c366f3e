// Maps the state to a screen.

import type { State } from '../engine/state';

export type Screen = 'lobby' | 'room' | 'call';

export function screenOf(state: State): Screen {
  switch (state.room.kind) {
    case 'outside':
    case 'joining':
      return 'lobby';
    case 'inside':
      return state.call.kind === 'starting' || state.call.kind === 'active' ? 'call' : 'room';
  }
}
