// The stage: one remote video fills it, several share it evenly.
//
// Invariant: a tile keeps its place in the tree in every layout, so its audio continues.

import { useRef } from 'react';

import { CornerPicture } from './corner-picture';
import { dockRow, type StageOverlays } from '../../layout/corner';
import { gridLayout } from '../../layout/grid';
import type { Rect, Size } from '../../layout/rect';
import type { Participant } from './participants';
import { RemoteTile } from './remote-tile';
import { SelfTile } from './self-tile';
import type { AutoplayGate } from './autoplay-gate';
import styles from './stage.module.css';
import { useElementSize } from './use-element-size';
import { useSpeaking } from './use-speaking';

const GAP = 8;

interface Props {
  readonly email: string;
  readonly participants: readonly Participant[];
  readonly gate: AutoplayGate;
  /** The controls over the stage; only a full video extends below them. */
  readonly over: StageOverlays;
}

export function Stage({ email, participants, gate, over }: Props) {
  const ref = useRef<HTMLDivElement>(null);
  const size = useElementSize(ref);
  const speaker = useSpeaking(participants);
  const arrangement = arrangementOf(participants);
  const grid = arrangement === 'grid' ? evenGrid(participants.length + 1, size, over) : [];
  const full: Rect = { x: 0, y: 0, ...size };

  return (
    <div ref={ref} className={styles['stage']}>
      {participants.map((participant, index) => (
        <RemoteTile
          key={participant.peer}
          participant={participant}
          rect={grid[index] ?? full}
          place={arrangement === 'grid' ? 'grid' : 'stage'}
          speaking={speaker === participant.peer}
          gate={gate}
        />
      ))}
      {arrangement === 'self' ? <SelfTile email={email} rect={full} place="stage" /> : null}
      {arrangement === 'pair' ? <CornerPicture email={email} stage={size} over={over} /> : null}
      {arrangement === 'grid' ? (
        <SelfTile email={email} rect={grid[participants.length] ?? full} place="grid" />
      ) : null}
    </div>
  );
}

/** The same layout before and after the answer, so nothing moves. A large own video would overload
 *  a computer without a graphics processor. */
function arrangementOf({ length }: readonly Participant[]): 'self' | 'pair' | 'grid' {
  if (length === 0) return 'self';
  return length === 1 ? 'pair' : 'grid';
}

function evenGrid(count: number, size: Size, { header, dock }: StageOverlays): readonly Rect[] {
  // The safe area of a phone also applies to the videos.
  const top = Math.max(GAP, header.y - GAP);
  const inner = {
    width: size.width - 2 * GAP,
    height: size.height - top - dockRow(size, dock),
  };
  return gridLayout(count, inner, GAP).map((rect) => ({
    ...rect,
    x: rect.x + GAP,
    y: rect.y + top,
  }));
}
