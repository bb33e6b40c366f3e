// Timers that fired, to whom they belong. One that was cleared in the same moment finds nothing.

import { CAPTURE_TIMER, endLink, goActive } from './call';
import { linkOf, readLinkTimer, type LinkTimer } from './link';
import { handlePauseTimer, readPauseTimer } from './declines';
import { handleMeshTimer, MESH_TIMER } from './mesh';
import { readMissedTimer } from './missed-timer';
import { handlePathTimer, handleRestartTimer, repeatOffer } from './path';
import { handleOrphanTimer } from './return';
import { missRing } from './ring';
import { handleDepartedTimer, handleRejoinTimer, ICE_REFRESH_TIMER, REJOIN_TIMER } from './room';
import { handleIceRefreshTimer, handleRejoinRoomTimer, REJOIN_ROOM_TIMER } from './signaling';
import { forgetSleep, SLEPT_TIMER } from './sleep';
import type { LinkId } from './state';
import type { Turn } from './turn';

export function handleTimer(turn: Turn, name: string): void {
  const ofLink = readLinkTimer(name);
  if (ofLink !== null) return handleLinkTimer(turn, ofLink.timer, ofLink.link);
  const missed = readMissedTimer(name);
  if (missed !== null) return missRing(turn, missed);
  const paused = readPauseTimer(name);
  if (paused !== null) return handlePauseTimer(turn, paused);
  switch (name) {
    case CAPTURE_TIMER:
      return goActive(turn);
    case MESH_TIMER:
      return handleMeshTimer(turn);
    case REJOIN_TIMER:
      return handleRejoinTimer(turn);
    case REJOIN_ROOM_TIMER:
      return handleRejoinRoomTimer(turn);
    case ICE_REFRESH_TIMER:
      return handleIceRefreshTimer(turn);
    case SLEPT_TIMER:
      return forgetSleep(turn);
    default:
      return;
  }
}

function handleLinkTimer(turn: Turn, timer: LinkTimer, link: LinkId): void {
  switch (timer) {
    case 'ring':
      if (linkOf(turn, link)?.phase !== 'calling') return;
      return endLink(turn, link, { reason: 'unanswered', tell: 'unanswered' });
    case 'answer':
      return repeatOffer(turn, link);
    case 'path':
      return handlePathTimer(turn, link);
    case 'restart':
      return handleRestartTimer(turn, link);
    case 'orphan':
      return handleOrphanTimer(turn, link);
    case 'departed':
      return handleDepartedTimer(turn, link);
  }
}
