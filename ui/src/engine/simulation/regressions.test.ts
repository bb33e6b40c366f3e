// Schedules that once ended badly, each under the name of what was seen.

import { expect, it } from 'vitest';
import { callOf, isWhole, linksOf, peopleInCall, peopleInRoom, press, waitFor } from './scene';

it('a status that changed while the join was on its way is said after it', () => {
  const world = peopleInRoom(1, 'ana', 'bo');
  world.relay.restart();
  world.clock.runUntil(world.clock.now() + 200);
  for (let count = 0; count < 40; count += 1) {
    world.page('ana').dispatch({ type: 'preview-opened' });
    world.page('ana').dispatch({ type: 'camera-toggled' });
    world.clock.runUntil(world.clock.now() + 90);
    world.page('ana').dispatch({ type: 'preview-closed' });
  }
  waitFor(world, 10_000, () => isWhole(world, []));
});

it('both incarnations of a reloaded page answer one offer: the later one gets a new connection', () => {
  const world = peopleInRoom(3, 'ana', 'bo');
  press(world, 'ana', 'call-pressed');
  waitFor(world, 20_000, () => callOf(world, 'bo').kind === 'incoming');
  press(world, 'bo', 'accept-pressed');
  waitFor(world, 20_000, () => callOf(world, 'ana').kind === 'active');
  const offer = world.relay.said.findIndex(({ message }) => message.type === 'incoming:call');
  waitFor(world, 20_000, () => linksOf(world, 'bo')[0]?.phase === 'open');
  world.reload('bo', 'kept');
  waitFor(world, 10_000, () => world.page('bo').state.room.kind === 'inside');
  world.relay.replay(offer);
  waitFor(world, 60_000, () => isWhole(world, ['ana', 'bo']));
});

it('an offer of a connection that was closed is not answered by another one', () => {
  const world = peopleInCall(4, 'ana', 'bo');
  const offer = world.relay.said.findIndex(({ message }) => message.type === 'incoming:call');
  press(world, 'ana', 'leave-call-pressed');
  waitFor(world, 2_000, () => callOf(world, 'bo').kind === 'none');
  world.relay.replay(offer);
  world.clock.runUntil(world.clock.now() + 2_000);
  expect(callOf(world, 'bo').kind).toBe('none');
  expect(world.violations).toEqual([]);
});

it('a call that its caller has given up does not ring a page that never heard of it', () => {
  const world = peopleInRoom(5, 'ana', 'bo');
  press(world, 'bo', 'call-pressed');
  waitFor(world, 20_000, () => callOf(world, 'ana').kind === 'incoming');
  const offer = world.relay.said.findIndex(({ message }) => message.type === 'incoming:call');
  world.reload('ana');
  press(world, 'bo', 'leave-call-pressed');
  waitFor(world, 10_000, () => world.page('ana').state.room.kind === 'inside');
  world.relay.replay(offer);
  world.clock.runUntil(world.clock.now() + 2_000);
  expect(callOf(world, 'ana')).toEqual({ kind: 'none', ended: null });
});
