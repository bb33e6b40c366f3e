// The `talk` channels in a call: demand both ways, floods, nonsense.

import { describe, expect, it } from 'vitest';

import type { Demand } from '../budget/state';
import type { Effect } from '../effect';
import type { Event } from '../event';
import { announced, calls, heard, member, saidInCall, Script } from '../simulation/script';
import { writeTalk, type TalkMessage } from '../wire/talk/talk-message';
import { sayToRoom } from './commands';

const PEER = 'page-1';
const LARGE: Demand = {
  camera: { kind: 'shown', width: 1280, height: 720, content: 'motion' },
  screen: { kind: 'hidden' },
};
const HIDDEN: Demand = { camera: { kind: 'hidden' }, screen: { kind: 'hidden' } };
const opened: Event = { type: 'talk-opened', peer: PEER, at: 0 };
const pauseOver: Event = { type: 'timer-fired', timer: { kind: 'demand-pause' } };

/** In a call with `a`, connected. */
function inCall(): Script {
  const script = new Script().enter('m', [member('a')]);
  script.play({ type: 'signaling-connected' }, ...calls('a', 'c'), { type: 'accept-pressed' });
  script.play(
    { type: 'peer-done', peer: PEER, local: { type: 'answer', sdp: 'mine', mids: {} } },
    { type: 'peer-connection', peer: PEER, state: 'connected' },
  );
  return script;
}

function says(text: string | null, at = 0): Event {
  return { type: 'talk-message', peer: PEER, at, text };
}

function relayed(payload: string): Event {
  return heard({ type: 'user:message', from: 'a', payload });
}

function shows(demand: Demand): Event {
  return { type: 'video-shown', shown: { [PEER]: demand } };
}

describe('own_demand', () => {
  it('is_told_when_the_channel_opens', () => {
    const script = inCall();
    expect(saidInCall(script.play(shows(LARGE)))).toEqual([]);
    expect(saidInCall(script.play(opened))).toEqual([{ type: 'video-demand', ...LARGE }]);
  });

  it('is_told_twice_a_second_at_most', () => {
    const script = inCall();
    script.play(opened);
    expect(saidInCall(script.play(shows(LARGE)))).toHaveLength(1);
    expect(saidInCall(script.play(shows(HIDDEN), shows(LARGE), shows(HIDDEN)))).toEqual([]);
    expect(saidInCall(script.play(pauseOver))).toEqual([{ type: 'video-demand', ...HIDDEN }]);
    expect(saidInCall(script.play(pauseOver))).toEqual([]);
  });

  it('unchanged_is_not_told_again', () => {
    const script = inCall();
    script.play(opened, shows(LARGE), pauseOver);
    expect(saidInCall(script.play(shows({ ...LARGE })))).toEqual([]);
  });

  it('audio_only_hides_everything', () => {
    const script = inCall();
    script.play(opened, shows(LARGE), pauseOver);
    const only: Event = { type: 'data-use-chosen', dataUse: 'audio-only' };
    expect(saidInCall(script.play(only))).toEqual([{ type: 'video-demand', ...HIDDEN }]);
    const full: Event = { type: 'data-use-chosen', dataUse: 'full' };
    script.play(full);
    expect(saidInCall(script.play(pauseOver))).toEqual([{ type: 'video-demand', ...LARGE }]);
  });
});

describe('demand_of_peers', () => {
  it('reaches_the_budget', () => {
    const script = inCall();
    script.play(opened, says(writeTalk({ type: 'video-demand', ...LARGE })));
    expect(script.state.budget.peers[0]?.demand).toEqual(LARGE);
  });

  it('before_the_channel_opens_is_ignored', () => {
    const script = inCall();
    script.play(says(writeTalk({ type: 'video-demand', ...LARGE })));
    expect(script.state.budget.peers[0]?.demand).toBeNull();
  });

  it('of_nobody_here_is_ignored', () => {
    const script = inCall();
    const before = script.state;
    script.play(
      { type: 'talk-opened', peer: 'nobody', at: 0 },
      {
        type: 'talk-message',
        peer: 'nobody',
        at: 0,
        text: 'x',
      },
    );
    expect(script.state).toBe(before);
  });
});

const DAY_MS = 86_400_000;

describe('flood', () => {
  const demand = writeTalk({ type: 'video-demand', ...LARGE });

  it('mutes_the_peer_and_says_so_once', () => {
    const script = inCall();
    script.play(opened);
    const effects = Array.from({ length: 200 }, () => script.play(says(demand))).flat();
    expect(announced(effects)).toEqual(['talk-muted']);
    script.play(says(writeTalk({ type: 'video-demand', ...HIDDEN })));
    expect(script.state.budget.peers[0]?.demand).toEqual(LARGE);
    expect(script.state.call.kind).toBe('active');
  });

  it('nonsense_mutes_sooner', () => {
    const script = inCall();
    script.play(opened);
    const effects = Array.from({ length: 5 }, () => script.play(says(null))).flat();
    expect(announced(effects)).toEqual(['talk-muted']);
  });

  it('two_messages_a_second_are_no_flood', () => {
    const script = inCall();
    script.play(opened);
    const effects = Array.from({ length: 1000 }, (_, index) =>
      script.play(says(demand, index * 500)),
    ).flat();
    expect(announced(effects)).toEqual([]);
  });

  it('clock_that_is_set_back_mutes_nobody', () => {
    const script = inCall();
    script.play({ ...opened, at: 2 * DAY_MS });
    const effects = Array.from({ length: 1000 }, (_, index) =>
      script.play(says(demand, (index < 100 ? 2 * DAY_MS : DAY_MS) + index * 500)),
    ).flat();
    expect(announced(effects)).toEqual([]);
  });

  it('new_connection_is_read_again', () => {
    const script = inCall();
    script.play(opened);
    for (let index = 0; index < 200; index += 1) script.play(says(demand));
    script.play({ ...opened, at: 60_000 });
    expect(script.state.hearing['a']?.reading).toBe('open');
  });
});

describe('relay', () => {
  const demand = writeTalk({ type: 'video-demand', ...LARGE });
  it('and_channel_are_read_alike', () => {
    const script = inCall();
    script.play(relayed(demand));
    expect(script.state.budget.peers[0]?.demand).toEqual(LARGE);
  });

  it('and_channel_have_one_quota', () => {
    const script = inCall();
    script.play(opened);
    const effects = Array.from({ length: 40 }, () => script.play(relayed(demand), says(demand)));
    expect(announced(effects.flat())).toEqual(['talk-muted']);
    script.play(relayed(writeTalk({ type: 'video-demand', ...HIDDEN })));
    expect(script.state.budget.peers[0]?.demand).toEqual(LARGE);
  });

  it('flood_of_a_member_without_call_mutes_it', () => {
    const script = new Script().enter('m', [member('a')]);
    const effects = Array.from({ length: 200 }, () => script.play(relayed('x'))).flat();
    expect(announced(effects)).toEqual(['talk-muted']);
    expect(script.state.hearing['a']?.reading).toBe('muted');
  });

  it('nothing_of_nobody_here_is_read', () => {
    const script = new Script().enter('m', [member('a')]);
    script.play(heard({ type: 'user:message', from: 'ghost', payload: demand }));
    expect(script.state.hearing).toEqual({});
  });

  it('mute_ends_with_the_membership', () => {
    const script = new Script().enter('m', [member('a')]);
    for (let index = 0; index < 5; index += 1) script.play(relayed('x'));
    script.play(heard({ type: 'user:left', id: 'a', reason: 'left' }));
    expect(script.state.hearing).toEqual({});
  });
});

describe('saying', () => {
  const message: TalkMessage = { type: 'video-demand', ...HIDDEN };

  /** How `a` and `b` are told. */
  function told(script: Script): readonly string[] {
    const effects: Effect[] = [];
    const context = { state: script.state, effects, saysStatus: false, raise: () => undefined };
    sayToRoom(context, message);
    return effects.flatMap((effect) => {
      if (effect.type === 'talk-send') return [`channel ${effect.peer}`];
      return effect.type === 'signaling-send' && 'to' in effect.message
        ? [`relay ${effect.message.to}`]
        : [];
    });
  }

  it('takes_the_channel_where_there_is_one', () => {
    const script = inCall();
    script.play(heard({ type: 'user:joined', user: member('b') }));
    expect(told(script)).toEqual(['relay a', 'relay b']);
    script.play(opened);
    expect(told(script)).toEqual([`channel ${PEER}`, 'relay b']);
  });

  it('takes_the_relay_while_the_path_is_interrupted', () => {
    const script = inCall();
    script.play(opened, { type: 'peer-connection', peer: PEER, state: 'failed' });
    expect(told(script)).toEqual(['relay a']);
    script.play({ type: 'signaling-waiting', reason: { code: 'relay-lost' } });
    expect(told(script)).toEqual([]);
  });

  it('says_nothing_to_lost_members', () => {
    const script = new Script().enter('m', [member('a')]);
    script.play({ type: 'signaling-connected' }, heard({ type: 'user:lost', id: 'a' }));
    expect(told(script)).toEqual([]);
  });
});

describe('end', () => {
  it('nothing_of_a_peer_that_left_is_kept', () => {
    const script = inCall();
    script.play(opened, shows(LARGE), { type: 'leave-call-pressed' });
    const { budget, statistics, talk, ownDemand } = script.state;
    expect({ peers: budget.peers, grants: budget.grants, statistics, talk }).toEqual({
      peers: [],
      grants: [],
      statistics: {},
      talk: [],
    });
    expect(ownDemand.told).toEqual({});
  });
});
