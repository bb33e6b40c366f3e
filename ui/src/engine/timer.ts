// Dispatches fired timers. A timer that was cleared at the same time has no effect.

import { CAPTURE_TIMER, endPeer, goActive } from './call';
import { peerOf, readPeerTimer, type PeerTimer } from './peer';
import { handlePauseTimer, readPauseTimer } from './declines';
import { handleMeshTimer, MESH_TIMER } from './mesh';
import { readMissedTimer } from './missed-timer';
import { handlePathTimer, handleRestartTimer, repeatOffer } from './ice-recovery';
import { handleDetachedTimer } from './reattach';
import { missRing } from './ring';
import { handleDepartedTimer, handleRejoinTimer, ICE_REFRESH_TIMER, REJOIN_TIMER } from './room';
import { handleIceRefreshTimer, handleRejoinRoomTimer, REJOIN_ROOM_TIMER } from './signaling';
import { forgetSleep, SLEPT_TIMER } from './sleep';
import type { PeerId } from './state';
import type { StepContext } from './step-context';

export function handleTimer(context: StepContext, name: string): void {
  const ofPeer = readPeerTimer(name);
  if (ofPeer !== null) return handlePeerTimer(context, ofPeer.timer, ofPeer.peer);
  const missed = readMissedTimer(name);
  if (missed !== null) return missRing(context, missed);
  const paused = readPauseTimer(name);
  if (paused !== null) return handlePauseTimer(context, paused);
  switch (name) {
    case CAPTURE_TIMER:
      return goActive(context);
    case MESH_TIMER:
      return handleMeshTimer(context);
    case REJOIN_TIMER:
      return handleRejoinTimer(context);
    case REJOIN_ROOM_TIMER:
      return handleRejoinRoomTimer(context);
    case ICE_REFRESH_TIMER:
      return handleIceRefreshTimer(context);
    case SLEPT_TIMER:
      return forgetSleep(context);
    default:
      return;
  }
}

function handlePeerTimer(context: StepContext, timer: PeerTimer, peer: PeerId): void {
  switch (timer) {
    case 'ring':
      if (peerOf(context, peer)?.phase !== 'calling') return;
      return endPeer(context, peer, { reason: 'unanswered', tell: 'unanswered' });
    case 'answer':
      return repeatOffer(context, peer);
    case 'path':
      return handlePathTimer(context, peer);
    case 'restart':
      return handleRestartTimer(context, peer);
    case 'detached':
      return handleDetachedTimer(context, peer);
    case 'departed':
      return handleDepartedTimer(context, peer);
  }
}
