// Dispatches fired timers. A timer that was cleared at the same time has no effect.

import { endPeer, goActive } from './call';
import { handlePauseTimer } from './declines';
import { handlePathTimer, handleRestartTimer, repeatOffer } from './ice-recovery';
import { handleMeshTimer } from './mesh';
import { peerOf } from './peer';
import { handleDetachedTimer } from './reattach';
import { missRing } from './ring';
import { handleDepartedTimer, handleRejoinTimer } from './room';
import { handleIceRefreshTimer, handleRejoinRoomTimer } from './signaling';
import { forgetSleep } from './sleep';
import type { StepContext } from './step-context';
import type { Timer } from './timer';

export function handleTimer(context: StepContext, timer: Timer): void {
  switch (timer.kind) {
    case 'missed':
      return missRing(context, timer.member);
    case 'pause':
      return handlePauseTimer(context, timer.member);
    case 'capture':
      return goActive(context);
    case 'mesh':
      return handleMeshTimer(context);
    case 'rejoin':
      return handleRejoinTimer(context);
    case 'rejoin-room':
      return handleRejoinRoomTimer(context);
    case 'ice-refresh':
      return handleIceRefreshTimer(context);
    case 'slept':
      return forgetSleep(context);
    case 'ring':
      if (peerOf(context, timer.peer)?.phase !== 'calling') return;
      return endPeer(context, timer.peer, { reason: 'unanswered', tell: 'unanswered' });
    case 'answer':
      return repeatOffer(context, timer.peer);
    case 'path':
      return handlePathTimer(context, timer.peer);
    case 'restart':
      return handleRestartTimer(context, timer.peer);
    case 'detached':
      return handleDetachedTimer(context, timer.peer);
    case 'departed':
      return handleDepartedTimer(context, timer.peer);
  }
}
