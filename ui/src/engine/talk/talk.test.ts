// The `talk` channels in a call: demand both ways, floods, nonsense.

import { describe, expect, it } from 'vitest';

import type { Demand } from '../budget/state';
import type { Effect } from '../effect';
import type { Event } from '../event';
import { calls, member, Script } from '../simulation/script';
import { readTalk, writeTalk } from '../wire/talk-message';

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

function shows(demand: Demand): Event {
  return { type: 'video-shown', shown: { [PEER]: demand } };
}

function sent(effects: readonly Effect[]): readonly unknown[] {
  return effects.flatMap<unknown>((effect) => {
    if (effect.type !== 'talk-send') return [];
    const read = readTalk(effect.text);
    return read.kind === 'message' ? [read.message] : [read.kind];
  });
}

function announced(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) =>
    effect.type === 'announce' ? [effect.announcement.code] : [],
  );
}

describe('own_demand', () => {
  it('is_told_when_the_channel_opens', () => {
    const script = inCall();
    expect(sent(script.play(shows(LARGE)))).toEqual([]);
    expect(sent(script.play(opened))).toEqual([{ type: 'video-demand', ...LARGE }]);
  });

  it('is_told_twice_a_second_at_most', () => {
    const script = inCall();
    script.play(opened);
    expect(sent(script.play(shows(LARGE)))).toHaveLength(1);
    expect(sent(script.play(shows(HIDDEN), shows(LARGE), shows(HIDDEN)))).toEqual([]);
    expect(sent(script.play(pauseOver))).toEqual([{ type: 'video-demand', ...HIDDEN }]);
    expect(sent(script.play(pauseOver))).toEqual([]);
  });

  it('unchanged_is_not_told_again', () => {
    const script = inCall();
    script.play(opened, shows(LARGE), pauseOver);
    expect(sent(script.play(shows({ ...LARGE })))).toEqual([]);
  });

  it('audio_only_hides_everything', () => {
    const script = inCall();
    script.play(opened, shows(LARGE), pauseOver);
    const only: Event = { type: 'data-use-chosen', dataUse: 'audio-only' };
    expect(sent(script.play(only))).toEqual([{ type: 'video-demand', ...HIDDEN }]);
    const full: Event = { type: 'data-use-chosen', dataUse: 'full' };
    script.play(full);
    expect(sent(script.play(pauseOver))).toEqual([{ type: 'video-demand', ...LARGE }]);
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

  it('new_connection_is_read_again', () => {
    const script = inCall();
    script.play(opened);
    for (let index = 0; index < 200; index += 1) script.play(says(demand));
    script.play({ ...opened, at: 60_000 });
    expect(script.state.talk[PEER]?.reading).toBe('open');
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
      talk: {},
    });
    expect(ownDemand.told).toEqual({});
  });
});
