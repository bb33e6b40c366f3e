// The ICE servers of the relay: read, and asked for again before their credentials end.

import { clearTimer, emit, insideRoom, setRoom, setTimer, type StepContext } from '../step-context';
import type { Timer } from '../timer';
import type { IceServer } from '../../protocol/wire';
import type { IceServerConfig } from './state';

export const ICE_REFRESH_TIMER: Timer = { kind: 'ice-refresh' };
const ICE_SHARE_OF_TTL = 0.8;
const LONGEST_TIMER_MS = 86_400_000;

export function handleIceServers(
  context: StepContext,
  servers: readonly IceServer[],
  ttl: number,
): void {
  const room = insideRoom(context);
  if (room === null) return;
  setRoom(context, { ...room, iceServers: servers.map(readIceServer) });
  refreshIceLater(context, ttl);
}

export function handleIceRefreshTimer(context: StepContext): void {
  if (insideRoom(context) === null) return;
  emit(context, { type: 'signaling-send', message: { type: 'ice:refresh' } });
}

export function refreshIceLater(context: StepContext, ttl: number): void {
  const hasServers = (insideRoom(context)?.iceServers.length ?? 0) > 0;
  if (!hasServers || ttl <= 0) return clearTimer(context, ICE_REFRESH_TIMER);
  setTimer(context, ICE_REFRESH_TIMER, Math.min(ttl * 1000 * ICE_SHARE_OF_TTL, LONGEST_TIMER_MS));
}

export function readIceServer({ urls, username, credential }: IceServer): IceServerConfig {
  return {
    urls,
    ...(username === undefined ? {} : { username }),
    ...(credential === undefined ? {} : { credential }),
  };
}
