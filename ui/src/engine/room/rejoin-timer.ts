// The timer for a rejoin that was refused during a call.

import type { Timer } from '../timer';

export const REJOIN_ROOM_TIMER: Timer = { kind: 'rejoin-room' };
