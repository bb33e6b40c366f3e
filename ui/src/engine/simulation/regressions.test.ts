// Schedules that failed once, named after the symptom.

import { expect, it } from 'vitest';
import { callOf, isWhole, peersOf, peopleInCall, peopleInRoom, press, waitFor } from './scenario';

it('a status changed during the join is sent after it', () => {
  // A status changed while `room:join` was unanswered. The room kept the old status.
  const simulation = peopleInRoom(1, 'ana', 'bo');
  simulation.relay.restart();
  simulation.clock.runUntil(simulation.clock.now() + 200);
  for (let count = 0; count < 40; count += 1) {
    simulation.page('ana').dispatch({ type: 'preview-opened' });
    simulation.page('ana').dispatch({ type: 'camera-toggled' });
    simulation.clock.runUntil(simulation.clock.now() + 90);
    simulation.page('ana').dispatch({ type: 'preview-closed' });
  }
  waitFor(simulation, 10_000, () => isWhole(simulation, []));
});

it('an offer answered before and after a reload gets a new peer', () => {
  // The page before and the page after a reload answered the same offer. The later answer gets a new
  // connection.
  const simulation = peopleInRoom(3, 'ana', 'bo');
  press(simulation, 'ana', 'call-pressed');
  waitFor(simulation, 20_000, () => callOf(simulation, 'bo').kind === 'incoming');
  press(simulation, 'bo', 'accept-pressed');
  waitFor(simulation, 20_000, () => callOf(simulation, 'ana').kind === 'active');
  const offer = simulation.relay.said.findIndex(({ message }) => message.type === 'incoming:call');
  waitFor(simulation, 20_000, () => peersOf(simulation, 'bo')[0]?.phase === 'open');
  simulation.reload('bo', 'kept');
  waitFor(simulation, 10_000, () => simulation.page('bo').state.room.kind === 'inside');
  simulation.relay.replay(offer);
  waitFor(simulation, 60_000, () => isWhole(simulation, ['ana', 'bo']));
});

it('an offer of a closed connection gets no other answer', () => {
  // The offer of a closed connection was delivered again, and a new connection answered it.
  const simulation = peopleInCall(4, 'ana', 'bo');
  const offer = simulation.relay.said.findIndex(({ message }) => message.type === 'incoming:call');
  press(simulation, 'ana', 'leave-call-pressed');
  waitFor(simulation, 2_000, () => callOf(simulation, 'bo').kind === 'none');
  simulation.relay.replay(offer);
  simulation.clock.runUntil(simulation.clock.now() + 2_000);
  expect(callOf(simulation, 'bo').kind).toBe('none');
  expect(simulation.violations).toEqual([]);
});

it('a call given up before its offer arrives does not ring', () => {
  // The caller gave up during a reload. The reloaded page never heard of the call and rang.
  const simulation = peopleInRoom(5, 'ana', 'bo');
  press(simulation, 'bo', 'call-pressed');
  waitFor(simulation, 20_000, () => callOf(simulation, 'ana').kind === 'incoming');
  const offer = simulation.relay.said.findIndex(({ message }) => message.type === 'incoming:call');
  simulation.reload('ana');
  press(simulation, 'bo', 'leave-call-pressed');
  waitFor(simulation, 10_000, () => simulation.page('ana').state.room.kind === 'inside');
  simulation.relay.replay(offer);
  simulation.clock.runUntil(simulation.clock.now() + 2_000);
  expect(callOf(simulation, 'ana')).toEqual({ kind: 'none', ended: null });
});
