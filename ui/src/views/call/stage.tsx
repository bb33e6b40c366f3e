// Lays the pictures of a call out: one other fills the stage, more share it evenly.
//
// Invariant: a person's tile keeps its place in the tree whatever the layout, so his sound is not
// cut when somebody comes or goes.

import { useRef } from 'react';

import { CornerPicture } from './corner-picture';
import type { Margins } from './corner';
import { gridLayout, type Rect, type Size } from './grid-layout';
import type { Participant } from './participants';
import { RemoteTile } from './remote-tile';
import { SelfTile } from './self-tile';
import type { SoundGate } from './sound-gate';
import styles from './stage.module.css';
import { useElementSize } from './use-element-size';
import { useSpeaking } from './use-speaking';

/** Space the controls take from a grid; a full picture lies under them. */
const DOCK_HEIGHT = 88;
const GAP = 8;
const NARROW = 720;

interface Props {
  readonly email: string;
  readonly participants: readonly Participant[];
  readonly gate: SoundGate;
}

export function Stage({ email, participants, gate }: Props) {
  const ref = useRef<HTMLDivElement>(null);
  const size = useElementSize(ref);
  const speaker = useSpeaking(participants);
  const arrangement = arrangementOf(participants);
  const grid = arrangement === 'grid' ? evenGrid(participants.length + 1, size) : [];
  const full: Rect = { x: 0, y: 0, ...size };

  return (
    <div ref={ref} className={styles['stage']}>
      {participants.map((participant, index) => (
        <RemoteTile
          key={participant.link}
          participant={participant}
          rect={grid[index] ?? full}
          place={arrangement === 'grid' ? 'grid' : 'stage'}
          speaking={speaker === participant.link}
          gate={gate}
        />
      ))}
      {arrangement === 'self' ? <SelfTile email={email} rect={full} place="stage" /> : null}
      {arrangement === 'pair' ? (
        <CornerPicture email={email} stage={size} margins={marginsOf(size)} />
      ) : null}
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

function evenGrid(count: number, size: Size): readonly Rect[] {
  const inner = {
    width: size.width - 2 * GAP,
    height: size.height - GAP - DOCK_HEIGHT,
  };
  return gridLayout(count, inner, GAP).map((rect) => ({
    ...rect,
    x: rect.x + GAP,
    y: rect.y + GAP,
  }));
}

function marginsOf(size: Size): Margins {
  const narrow = size.width < NARROW;
  return { side: 16, top: narrow ? 64 : 16, bottom: narrow ? DOCK_HEIGHT : 16 };
}
