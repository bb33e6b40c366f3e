// Invariants of a settled simulation.
//
// - All members of a call are connected with each other and with nobody else, at both ends.
// - Nobody is alone in a call, and nothing rings, starts or rejoins any more.
// - There is one call to everybody, beside calls to some. Only people who declined each other are
//   in two calls to everybody.
// - While it ran, no call and no ring ended without a word (silent-ends.ts).

import { ownStatus } from '../room/queries';
import { writeStatus } from '../wire/status';
import { isSettled } from '../peer/negotiation';
import type { ActiveCall, Decline } from '../call/state';
import type { CallId } from '../ids';
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

function pageFaults({ owner, state, devices, screen, connections }: Page): readonly string[] {
  const faults: string[] = [];
  const { room, call, media, signaling } = state;
  if (room.kind === 'joining') faults.push(`${owner} is still joining`);
  if (room.kind === 'inside' && signaling.kind !== 'connected') faults.push(`${owner} is cut off`);
  if (room.kind === 'inside' && room.roomSession.rejoin !== null)
    faults.push(`${owner} still rejoins`);
  if (call.kind === 'starting' || call.kind === 'incoming') faults.push(`${owner}: ${call.kind}`);
  if (call.kind !== 'active' && connections.size > 0) faults.push(`${owner} leaks a connection`);
  const isShared = state.share.kind === 'on';
  if (screen.slots().length > 0 !== isShared) faults.push(`${owner}: the screen is not as it says`);
  if (state.share.kind === 'asking') faults.push(`${owner}: the screen is still asked for`);
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
  const toEverybody = active.filter(({ call }) => call.scope === 'everybody');
  return [
    ...(areApart(toEverybody) ? ['there are two calls to everybody'] : []),
    ...calls.filter((id) => isOfTwoScopes(active, id)).map((id) => `${id} has two scopes`),
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

/** Whether members of two calls could be in one: nobody of theirs was declined. */
function areApart(active: readonly InCall[]): boolean {
  return active.some(({ page: { state }, call }) =>
    active.some(
      ({ page, call: other }) =>
        call.id !== other.id &&
        !isDeclinedIn(state.declines, other.id) &&
        !isDeclinedIn(page.state.declines, call.id),
    ),
  );
}

function isDeclinedIn(declines: readonly Decline[], call: CallId): boolean {
  return declines.some((decline) => decline.call === call);
}

function isOfTwoScopes(active: readonly InCall[], id: CallId): boolean {
  const scopes = active.filter(({ call }) => call.id === id).map(({ call }) => call.scope);
  return new Set(scopes).size > 1;
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
      for (const slot of page.screen.slots()) {
        const mid = connection?.midOf(slot) ?? null;
        const remoteEnd =
          connection === undefined ? null : simulation.paths.remoteEndOf(connection);
        const isKnown = mid !== null && remoteEnd?.remote?.mids[slot] === mid;
        if (!isKnown) faults.push(`${owner}: ${slot} does not reach ${peer.email}`);
      }
    }
  }
  return faults;
}
