// The signaling connection, lent to a test of the connection while the person is in no room.
//
// Invariant: events go either to the engine or to the borrower. A join of the engine ends the loan.

import type { SignalingEvent } from '../engine/event';
import type { RoomSignaling } from './sealed-signaling';

export interface LentSignaling extends Omit<RoomSignaling, 'listen' | 'joinAlone'> {
  /** Null while the engine uses it. `ended` is called when the engine takes it back. */
  borrow(listener: (event: SignalingEvent) => void, ended: () => void): Loan | null;
}

export interface Loan extends Pick<RoomSignaling, 'joinAlone'> {
  /** Leaves the room, and gives the connection back. */
  end(): void;
}

interface Borrower {
  readonly listener: (event: SignalingEvent) => void;
  readonly ended: () => void;
}

/** `isFree`: the engine is in no room. */
export function lendSignaling(
  port: RoomSignaling,
  engine: (event: SignalingEvent) => void,
  isFree: () => boolean,
): LentSignaling {
  let borrower: Borrower | null = null;

  const takeBack = (): void => {
    const before = borrower;
    if (before === null) return;
    borrower = null;
    port.leave();
    before.ended();
  };

  port.listen((event) => {
    if (borrower === null) engine(event);
    else borrower.listener(event);
  });

  return {
    join(roomSession, status, device) {
      takeBack();
      port.join(roomSession, status, device);
    },
    change: (ask) => port.change(ask),
    kept: (roomSession) => port.kept(roomSession),
    leave: () => port.leave(),
    send: (message) => port.send(message),
    borrow(listener, ended) {
      if (borrower !== null || !isFree()) return null;
      const own: Borrower = { listener, ended };
      borrower = own;
      return {
        joinAlone(...request) {
          if (borrower === own) port.joinAlone(...request);
        },
        end() {
          if (borrower === own) takeBack();
        },
      };
    },
  };
}
