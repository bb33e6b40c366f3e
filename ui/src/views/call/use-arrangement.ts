// Keeps what the layout needs from one arrangement to the next: order, page, speakers, corner.

import { useState } from 'react';

import { arrange, type Arrangement } from '../../layout/arrange';
import type { Corner, StageOverlays } from '../../layout/corner';
import type { Medium, TileKey } from '../../layout/media';
import { recentSpeakers } from '../../layout/recent-speakers';
import type { Size } from '../../layout/rect';
import { useApp } from '../app-context';
import { screenMedia, sharersOf } from '../share/screens';
import { useStore } from '../use-store';
import type { Participant } from './participants';
import { useStageChoices } from './stage-choices';

interface Input {
  readonly participants: readonly Participant[];
  readonly speaker: TileKey | null;
  readonly stage: Size;
  readonly over: StageOverlays;
  readonly controls: 'shown' | 'hidden';
  readonly ownPicture: Size | null;
}

export interface ArrangedStage extends Arrangement {
  readonly corner: Corner;
  readonly setCorner: (corner: Corner) => void;
  readonly showPage: (page: number) => void;
}

export function useArrangement({ participants, speaker, ...input }: Input): ArrangedStage {
  const { layout: choice, showSelf } = useStore(useApp().settings);
  const { pins } = useStageChoices();
  const [corner, setCorner] = useState<Corner>('bottom-right');
  const [page, showPage] = useState(0);
  const [before, setBefore] = useState<readonly TileKey[]>([]);
  const [sharers, setSharers] = useState<readonly string[]>([]);
  const [speakers, setSpeakers] = useState<readonly TileKey[]>([]);

  // State from the render before: React renders again at once, without showing this one.
  const latest = recentSpeakers(speakers, speaker);
  if (latest !== speakers) setSpeakers(latest);

  const sharing = sharersOf(participants, sharers);
  if (sharing.join(' ') !== sharers.join(' ')) setSharers(sharing);

  const arrangement = arrange({
    ...input,
    media: [...participants.map(mediumOf), ...screenMedia(sharing)],
    choice,
    showSelf,
    pins,
    speakers: latest,
    order: before,
    page,
    corner,
  });
  if (arrangement.order.join(' ') !== before.join(' ')) setBefore(arrangement.order);
  return { ...arrangement, corner, setCorner, showPage };
}

function mediumOf({ peer, camera }: Participant): Medium {
  return { kind: camera === 'on' ? 'camera' : 'avatar', key: peer };
}
