// Invariants of a settled simulation: one call or none, complete at every end.

import { ownStatus } from '../room/queries';
import { writeStatus } from '../wire/status';
import { isSettled } from '../peer/negotiation';
import type { ActiveCall } from '../call/state';
import type { Page } from './page';
import type { Simulation } from './simulation';

/** The violations in words; empty if there are none. */
export function invariantViolations(simulation: Simulation): readonly string[] {
  const pages = [...simulation.pages.values()];
  const inside = pages.filter(({ state }) => state.room.kind === 'inside');
  return [
    ...simulation.violations,
    ...pages.flatMap((page) => pageFaults(page)),
    ...inside.flatMap((page) => memberFaults(page, inside)),
    ...callFaults(simulation, inside),
  ];
}

function pageFaults({ owner, state, devices, connections }: Page): readonly string[] {
  const faults: string[] = [];
  const { room, call, media, signaling } = state;
  if (room.kind === 'joining') faults.push(`${owner} is still joining`);
  if (room.kind === 'inside' && signaling.kind !== 'connected') faults.push(`${owner} is cut off`);
  if (room.kind === 'inside' && room.roomSession.rejoin !== null)
    faults.push(`${owner} still rejoins`);
  if (call.kind === 'starting' || call.kind === 'incoming') faults.push(`${owner}: ${call.kind}`);
  if (call.kind !== 'active' && connections.size > 0) faults.push(`${owner} leaks a connection`);
  const isCapturing = media.previews > 0 || call.kind === 'active';
  for (const kind of ['microphone', 'camera'] as const) {
    const { wanted, capture } = media[kind];
    const isOn = isCapturing && wanted && capture.kind === 'on';
    if (devices.isDelivering(kind) !== isOn) faults.push(`${owner}: ${kind} is not as it says`);
    if (capture.kind === 'asking') faults.push(`${owner}: ${kind} is still asked for`);
  }
  return faults;
}

function memberFaults({ owner, state }: Page, inside: readonly Page[]): readonly string[] {
  if (state.room.kind !== 'inside') return [];
  const { members } = state.room;
  const lost = members.filter(({ presence }) => presence !== 'here');
  if (lost.length > 0) return [`${owner} sees lost members where all are here`];
  const seen = members.map(({ email, status }) => `${email} ${writeStatus(status)}`);
  const there = inside
    .filter((other) => other.owner !== owner)
    .map((other) => `${other.owner} ${writeStatus(ownStatus(other.state))}`);
  const isSame = seen.toSorted().join('\n') === there.toSorted().join('\n');
  return isSame ? [] : [`${owner} sees ${seen.join(', ')} where there are ${there.join(', ')}`];
}

function callFaults(simulation: Simulation, inside: readonly Page[]): readonly string[] {
  const active = inside.flatMap((page) =>
    page.state.call.kind === 'active' ? [{ page, call: page.state.call }] : [],
  );
  const calls = [...new Set(active.map(({ call }) => call.id))];
  const isTooMany = calls.length > 1 && simulation.faultRates.partial === 0;
  return [
    ...(isTooMany ? ['there are two calls'] : []),
    ...calls.flatMap((id) =>
      faultsOf(
        simulation,
        active.filter(({ call }) => call.id === id),
      ),
    ),
  ];
}

interface InCall {
  readonly page: Page;
  readonly call: ActiveCall;
}

/** One call: its members are connected with each other, and with nobody else. */
function faultsOf(simulation: Simulation, active: readonly InCall[]): readonly string[] {
  const faults: string[] = [];
  if (active.length === 1) faults.push(`${active[0]?.page.owner ?? ''} is alone in a call`);
  for (const { page, call } of active) {
    const { owner, connections } = page;
    if (call.peers.length !== active.length - 1)
      faults.push(`${owner}: ${call.peers.length} peers`);
    for (const peer of call.peers) {
      const connection = connections.get(peer.id);
      const isOpen = peer.phase === 'open' && peer.path === 'connected' && !peer.detached;
      if (!isOpen) faults.push(`${owner}: peer to ${peer.email} is ${peer.phase}, ${peer.path}`);
      if (!isSettled(peer.negotiation)) faults.push(`${owner}: negotiation is not settled`);
      if (peer.unsent.length > 0) faults.push(`${owner}: candidates are unsent`);
      if (connection === undefined || !connection.isSettled) {
        faults.push(`${owner}: the connection is not settled`);
      } else if (!simulation.paths.isConnected(connection)) {
        faults.push(`${owner}: the connection is not connected`);
      } else if (simulation.paths.remoteEndOf(connection)?.owner !== peer.email) {
        faults.push(`${owner}: the two ends hold different descriptions`);
      }
    }
  }
  return faults;
}
