// The small window above all others, in the app. It ends with the call.

import { useEffect, useRef, useState } from 'react';

import type { SmallWindowPort } from '../../ports';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';

export interface SmallWindow {
  readonly isOn: boolean;
  toggle(): void;
}

/** Null in a browser. */
export function useSmallWindow(): SmallWindow | null {
  const app = useApp();
  const { smallWindow } = app.host;
  const [isOn, setIsOn] = useState(false);

  // The window may become small only after the call.
  const isHere = useRef(false);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);
  useEffect(() => {
    if (!isOn) return;
    return () => leave(smallWindow);
  }, [isOn, smallWindow]);

  if (smallWindow === null) return null;
  return {
    isOn,
    toggle() {
      if (isOn) return setIsOn(false);
      smallWindow.enter().then(
        () => (isHere.current ? setIsOn(true) : leave(smallWindow)),
        () => app.notify(texts.call.smallWindow.failed),
      );
    },
  };
}

function leave(smallWindow: SmallWindowPort | null): void {
  // Refused by a system without such windows: nothing else depends on it.
  smallWindow?.leave().catch(() => undefined);
}
