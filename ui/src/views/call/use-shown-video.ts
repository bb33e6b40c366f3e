// Tells the engine how large each peer's video is shown, so that peers send no more than that.
//
// Invariant: video that nobody can see here, in a hidden page or on another page of the grid, is
// hidden.

import { useEffect } from 'react';

import type { Demand, SlotDemand } from '../../engine/budget/state';
import type { Tile } from '../../layout/arrange';
import { shownSize } from '../../layout/shown-size';
import { useApp } from '../app-context';
import { screenKey } from '../share/screens';
import { useSelected } from '../use-store';
import type { Participant } from './participants';
import { useStageChoices } from './stage-choices';

const HIDDEN: SlotDemand = { kind: 'hidden' };
const MAX_PIXEL_RATIO = 2;

export function useShownVideo(
  tiles: readonly Tile[],
  participants: readonly Participant[],
  inPicture: string | null,
): void {
  const { engine } = useApp();
  const choices = useStageChoices();
  const isPageSeen = useSelected(engine, ({ attention }) => attention === 'here');
  const shown = Object.fromEntries(
    participants.map(({ peer }): [string, Demand] => {
      const tile = tiles.find(({ key }) => key === peer);
      const isSeen = isPageSeen || inPicture === peer;
      // Whether the camera is on or not: when it comes on, the tile is there.
      const isShown = tile?.visibility === 'visible' && isSeen;
      return [
        peer,
        {
          camera: isShown ? demandOf(tile) : HIDDEN,
          screen: isPageSeen
            ? screenDemand(tiles, peer, choices.tile(screenKey(peer)).zoom)
            : HIDDEN,
        },
      ];
    }),
  );
  const text = JSON.stringify(shown);

  useEffect(() => {
    engine.dispatch({ type: 'video-shown', shown });
    // oxlint-disable-next-line react/exhaustive-deps -- `text` says whether `shown` has changed
  }, [engine, text]);
}

/** Who looks at it closely needs its letters, also in a small tile. */
function screenDemand(tiles: readonly Tile[], peer: string, zoom: number): SlotDemand {
  const tile = tiles.find(({ key }) => key === screenKey(peer));
  if (tile?.visibility !== 'visible') return HIDDEN;
  return { ...demandOf(tile, zoom), content: 'text' };
}

function demandOf(tile: Tile, zoom = 1): Extract<SlotDemand, { kind: 'shown' }> {
  const ratio = Math.min(MAX_PIXEL_RATIO, window.devicePixelRatio) * zoom;
  return { kind: 'shown', ...shownSize(tile, ratio), content: 'motion' };
}
