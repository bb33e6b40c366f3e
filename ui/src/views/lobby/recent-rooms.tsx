// Recent rooms; a press fills in the room.

import type { RecentRoom } from '../../ports';
import { texts } from '../../text/texts';
import { Button } from '../parts/button';
import styles from './recent-rooms.module.css';

interface Props {
  readonly rooms: readonly RecentRoom[];
  readonly onChoose: (room: RecentRoom) => void;
}

export function RecentRooms({ rooms, onChoose }: Props) {
  if (rooms.length === 0) return null;
  return (
    <section aria-labelledby="recent-rooms" className={styles['recent']}>
      <h2 id="recent-rooms" className={styles['title']}>
        {texts.lobby.recentRooms}
      </h2>
      <ul className={styles['rooms']}>
        {rooms.map((recent) => (
          <li key={`${recent.room} ${relayName(recent)}`} className={styles['item']}>
            <Button
              size="small"
              className={styles['room']}
              title={relayName(recent)}
              onClick={() => onChoose(recent)}
            >
              <bdi className={styles['name']}>{recent.room}</bdi>
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function relayName({ relay }: RecentRoom): string {
  return relay.kind === 'this-computer'
    ? texts.lobby.onThisComputer
    : texts.lobby.onServer(relay.address);
}
