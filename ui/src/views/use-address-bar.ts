// Shows the current room in the address bar and handles Back.
//
// Invariant: Back ends no call and declines none.

import { useEffect } from 'react';

import type { App } from '../app';
import type { State } from '../engine/state';
import { texts } from '../text/texts';

export function useAddressBar(app: App): void {
  useEffect(() => {
    const { engine, host } = app;
    function show() {
      const state = engine.get();
      host.showInAddressBar({
        room: state.room.kind === 'inside' ? state.room.roomSession.room : null,
        inCall: isInCall(state),
      });
    }
    host.onBack(() => {
      const state = engine.get();
      if (isInCall(state)) app.notify(texts.parts.stillInCall);
      else if (state.call.kind !== 'incoming') engine.dispatch({ type: 'leave-room-pressed' });
    });
    show();
    return engine.subscribe(show);
  }, [app]);
}

function isInCall({ call }: State): boolean {
  return call.kind === 'starting' || call.kind === 'active';
}
