// What must be true of a world that has settled: one call or none, whole at every end.

import { writeStatus, ownStatus } from '../status';
import { isSettled } from '../negotiation';
import type { Page } from './page';
import type { World } from './world';

/** What is wrong, in words; nothing where all is well. */
export function disagreements(world: World): readonly string[] {
  const pages = [...world.pages.values()];
  const inside = pages.filter(({ state }) => state.room.kind === 'inside');
  return [
    ...world.violations,
    ...pages.flatMap((page) => pageFaults(page)),
    ...inside.flatMap((page) => memberFaults(page, inside)),
    ...callFaults(world, inside),
  ];
}

function pageFaults({ owner, state, devices, connections }: Page): readonly string[] {
  const faults: string[] = [];
  const { room, call, media, signaling } = state;
  if (room.kind === 'joining') faults.push(`${owner} is still joining`);
  if (room.kind === 'inside' && signaling.kind !== 'connected') faults.push(`${owner} is cut off`);
  if (room.kind === 'inside' && room.visit.rejoin !== null) faults.push(`${owner} still rejoins`);
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
  const seen = state.room.members.map(({ email, status }) => `${email} ${writeStatus(status)}`);
  const there = inside
    .filter((other) => other.owner !== owner)
    .map((other) => `${other.owner} ${writeStatus(ownStatus(other.state))}`);
  const isSame = seen.toSorted().join('\n') === there.toSorted().join('\n');
  return isSame ? [] : [`${owner} sees ${seen.join(', ')} where there are ${there.join(', ')}`];
}

function callFaults(world: World, inside: readonly Page[]): readonly string[] {
  const faults: string[] = [];
  const active = inside.flatMap((page) =>
    page.state.call.kind === 'active' ? [{ page, call: page.state.call }] : [],
  );
  if (new Set(active.map(({ call }) => call.id)).size > 1) faults.push('there are two calls');
  if (active.length === 1) faults.push(`${active[0]?.page.owner ?? ''} is alone in a call`);
  for (const { page, call } of active) {
    const { owner, connections } = page;
    if (call.links.length !== active.length - 1)
      faults.push(`${owner}: ${call.links.length} links`);
    for (const link of call.links) {
      const connection = connections.get(link.id);
      const isOpen = link.phase === 'open' && link.path === 'connected' && !link.orphan;
      if (!isOpen) faults.push(`${owner}: link to ${link.email} is ${link.phase}, ${link.path}`);
      if (!isSettled(link.negotiation)) faults.push(`${owner}: negotiation is not settled`);
      if (link.unsent.length > 0) faults.push(`${owner}: candidates are unsent`);
      if (connection === undefined || !connection.isSettled) {
        faults.push(`${owner}: the connection is not settled`);
      } else if (!world.paths.isConnected(connection)) {
        faults.push(`${owner}: the connection is not connected`);
      } else if (world.paths.peerOf(connection)?.owner !== link.email) {
        faults.push(`${owner}: the two ends hold different descriptions`);
      }
    }
  }
  return faults;
}
