// What the person chose for this call: pins, how each tile is shown and heard, who gets files.
// Local to this page and this call.

import { createContext, useCallback, useContext, useMemo, useState } from 'react';

import type { PeerId } from '../../engine/state';
import type { TileKey } from '../../layout/media';
import { togglePin } from '../../layout/pins';

export interface TileChoice {
  /** From 0 to 100. */
  readonly volume: number;
  readonly heard: 'yes' | 'muted';
  /** `whole`: never cropped. */
  readonly fit: 'automatic' | 'whole';
  /** How many times larger a shared screen is shown, rounded up; 1 is whole. */
  readonly zoom: number;
}

export interface StageChoices {
  readonly pins: readonly TileKey[];
  readonly togglePin: (key: TileKey) => void;
  /** The tile is gone for good. Never changes. */
  readonly forget: (key: TileKey) => void;
  readonly tile: (key: TileKey) => TileChoice;
  readonly changeTile: (key: TileKey, change: Partial<TileChoice>) => void;
  /** The tile whose options are open. */
  readonly menu: TileKey | null;
  readonly showMenu: (key: TileKey | null) => void;
  /** Whether the verification code is shown. */
  readonly verification: 'open' | 'closed';
  readonly showVerification: (shown: 'open' | 'closed') => void;
  /** Who gets the files, dropped and pasted ones too; null is everybody. */
  readonly recipient: PeerId | null;
  readonly chooseRecipient: (peer: PeerId | null) => void;
}

const UNCHANGED: TileChoice = { volume: 100, heard: 'yes', fit: 'automatic', zoom: 1 };

export const StageChoicesContext = createContext<StageChoices>({
  pins: [],
  togglePin: () => undefined,
  forget: () => undefined,
  tile: () => UNCHANGED,
  changeTile: () => undefined,
  menu: null,
  showMenu: () => undefined,
  verification: 'closed',
  showVerification: () => undefined,
  recipient: null,
  chooseRecipient: () => undefined,
});

export function useStageChoices(): StageChoices {
  return useContext(StageChoicesContext);
}

/** The choices of a new call. */
export function useNewStageChoices(): StageChoices {
  const [pins, setPins] = useState<readonly TileKey[]>([]);
  const [menu, showMenu] = useState<TileKey | null>(null);
  const [verification, showVerification] = useState<'open' | 'closed'>('closed');
  const [recipient, chooseRecipient] = useState<PeerId | null>(null);
  const [tiles, setTiles] = useState<ReadonlyMap<TileKey, TileChoice>>(new Map());
  const forget = useCallback((key: TileKey) => {
    setPins((before) => (before.includes(key) ? togglePin(before, key) : before));
    setTiles((before) => new Map([...before].filter(([each]) => each !== key)));
  }, []);
  return useMemo(
    () => ({
      pins,
      forget,
      togglePin: (key) => setPins((before) => togglePin(before, key)),
      tile: (key) => tiles.get(key) ?? UNCHANGED,
      changeTile: (key, change) =>
        setTiles((before) =>
          new Map(before).set(key, { ...(before.get(key) ?? UNCHANGED), ...change }),
        ),
      menu,
      showMenu,
      verification,
      showVerification,
      recipient,
      chooseRecipient,
    }),
    [pins, forget, tiles, menu, verification, recipient],
  );
}
