// The reactions of one person, rising inside their tile. With reduced motion they stand still.
//
// Invariant: only drawn; the announcer says them.

import type { MemberId } from '../../protocol/wire';
import { useApp } from '../app-context';
import { useSelected } from '../use-store';
import { ReactionPicture } from './reaction-picture';
import styles from './rising-reactions.module.css';

/** Places side by side, so that several are seen. */
const PLACES = [42, 62, 24, 52, 34, 70, 16];

export function RisingReactions({ member }: { readonly member: MemberId }) {
  const own = useSelected(useApp().engine, ({ reactions }) =>
    reactions.shown.filter(({ by }) => by === member),
  );
  if (own.length === 0) return null;
  return (
    <div className={styles['space']} aria-hidden>
      {own.map(({ id, reaction }) => (
        <span
          key={id}
          className={styles['place']}
          style={{ left: `${PLACES[id % PLACES.length]}%` }}
        >
          <ReactionPicture reaction={reaction} className={styles['reaction']} />
        </span>
      ))}
    </div>
  );
}
