// Lays the pictures of a call out: one other fills the stage, more share it evenly.
//
// Invariant: a person's tile keeps its place in the tree whatever the layout, so his sound is not
// cut when somebody comes or goes.

import { useRef } from 'react';

import { CornerPicture } from './corner-picture';
import { dockRow, type StageOverlays } from './corner';
import { gridLayout, type Rect, type Size } from './grid-layout';
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
  /** What lies over the stage; a grid and one's own picture leave it free, a full picture does not. */
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

/** The same before the one who is called answers and after: nothing jumps, and a large picture of
 *  oneself would keep a computer without a graphics processor from everything else. */
function arrangementOf({ length }: readonly Participant[]): 'self' | 'pair' | 'grid' {
  if (length === 0) return 'self';
  return length === 1 ? 'pair' : 'grid';
}

function evenGrid(count: number, size: Size, { header, dock }: StageOverlays): readonly Rect[] {
  // The header keeps off a phone's camera; the pictures do as well.
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
