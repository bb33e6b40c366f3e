// Hands: raised, lowered, told to those who do not know, kept over a reload, announced once.

import { describe, expect, it } from 'vitest';

import type { Effect } from '../effect';
import type { Event } from '../event';
import { calls, heard, joined, member, ROOM_SESSION, Script } from '../simulation/script';
import { readTalk, writeTalk, type TalkMessage } from '../wire/talk/talk-message';
import { raisedHands, turnOf } from './order';

const toggle: Event = { type: 'hand-toggled' };

function inRoom(...others: readonly string[]): Script {
  return new Script().enter(
    'm',
    others.map((id) => member(id)),
  );
}

function says(from: string, message: TalkMessage): Event {
  return heard({ type: 'user:message', from, payload: writeTalk(message) });
}

function hand(from: string, at: number, position: 'raised' | 'lowered' = 'raised'): Event {
  return says(from, { type: 'hand', position, at, again: false });
}

/** What is said of hands by the relay, as `to: message`. */
function said(effects: readonly Effect[]): readonly unknown[] {
  return effects.flatMap<unknown>((effect) => {
    if (effect.type !== 'signaling-send' || effect.message.type !== 'user:message') return [];
    const read = readTalk(effect.message.payload);
    if (read.kind !== 'message') return [[effect.message.to, read.kind]];
    return read.message.type === 'chat-hello' ? [] : [[effect.message.to, read.message]];
  });
}

function announced(effects: readonly Effect[]): readonly unknown[] {
  return effects.flatMap((effect) =>
    effect.type === 'announce' ? [[effect.announcement.code, effect.sound, effect.shown]] : [],
  );
}

describe('own_hand', () => {
  it('is_told_to_everybody', () => {
    const effects = inRoom('a', 'b').play(toggle);
    const message = { type: 'hand', position: 'raised', at: 1, again: false };
    expect(said(effects)).toEqual([
      ['a', message],
      ['b', message],
    ]);
    expect(announced(effects)).toEqual([['own-hand-raised', null, 'on-screen']]);
  });

  it('is_lowered_by_the_second_press', () => {
    const script = inRoom('a');
    script.play(toggle);
    const effects = script.play(toggle);
    const message = { type: 'hand', position: 'lowered', at: 2, again: false };
    expect(said(effects)).toEqual([['a', message]]);
    expect(raisedHands(script.state)).toEqual([]);
  });

  it('is_nothing_outside_a_room', () => {
    const script = new Script();
    expect(script.play(toggle)).toEqual([]);
  });

  it('is_told_to_a_newcomer_as_known', () => {
    const script = inRoom('a');
    script.play(toggle);
    const effects = script.play(heard({ type: 'user:joined', user: member('b') }));
    const message = { type: 'hand', position: 'raised', at: 1, again: true };
    expect(said(effects)).toEqual([['b', message]]);
  });

  it('never_raised_is_told_to_nobody', () => {
    const script = inRoom('a');
    expect(said(script.play(heard({ type: 'user:joined', user: member('b') })))).toEqual([]);
  });

  it('is_told_again_after_a_lost_line', () => {
    const script = inRoom('a');
    script.play(toggle);
    const effects = script.play(
      { type: 'signaling-waiting', reason: { code: 'relay-lost' } },
      heard(joined('m', [member('a')], true)),
    );
    expect(said(effects)).toHaveLength(1);
  });

  it('is_kept_over_a_reload', () => {
    const before = inRoom('a');
    const [kept] = before
      .play(toggle)
      .flatMap((effect) => (effect.type === 'remember-room-session' ? [effect.roomSession] : []));
    if (kept === undefined || kept === null) throw new Error('Nothing was remembered.');
    const after = new Script();
    const effects = after.play(
      { type: 'join-pressed', roomSession: kept },
      heard(joined('m', [member('a')], true)),
    );
    expect(raisedHands(after.state)).toEqual(['m']);
    const message = { type: 'hand', position: 'raised', at: 1, again: true };
    expect(said(effects)).toEqual([['a', message]]);
  });

  it('is_down_in_another_room', () => {
    const script = inRoom('a');
    script.play(toggle, { type: 'leave-room-pressed' });
    script.play({ type: 'join-pressed', roomSession: ROOM_SESSION }, heard(joined('m', [])));
    expect(raisedHands(script.state)).toEqual([]);
  });

  it('is_lowered_when_the_call_ends', () => {
    const script = inRoom('a');
    script.play(...calls('a', 'c'), { type: 'accept-pressed' }, toggle);
    expect(raisedHands(script.state)).toEqual(['m']);
    script.play({ type: 'leave-call-pressed' });
    expect(raisedHands(script.state)).toEqual([]);
  });

  it('goes_by_the_channel_while_the_relay_is_lost', () => {
    const script = inRoom('a');
    script.play(...calls('a', 'c'), { type: 'accept-pressed' });
    script.play(
      { type: 'peer-done', peer: 'page-1', local: { type: 'answer', sdp: 'mine', mids: {} } },
      { type: 'peer-connection', peer: 'page-1', state: 'connected' },
      { type: 'talk-opened', peer: 'page-1', at: 0 },
      { type: 'signaling-waiting', reason: { code: 'relay-lost' } },
    );
    const effects = script.play(toggle);
    const sent = effects.filter(({ type }) => type === 'talk-send');
    expect(sent).toHaveLength(1);
  });
});

describe('hands_of_others', () => {
  it('are_in_the_order_of_raising', () => {
    const script = inRoom('a', 'b', 'c');
    script.play(hand('b', 4), hand('a', 9), toggle, hand('c', 2));
    const hands = raisedHands(script.state);
    expect(hands).toEqual(['c', 'b', 'a', 'm']);
    expect([turnOf(hands, 'b'), turnOf(hands, 'x')]).toEqual([2, null]);
  });

  it('at_one_time_are_in_the_order_of_sessions', () => {
    const script = inRoom('b', 'a');
    script.play(hand('b', 1), hand('a', 1), toggle);
    expect(raisedHands(script.state)).toEqual(['a', 'b', 'm']);
  });

  it('old_and_repeated_messages_change_nothing', () => {
    const script = inRoom('a');
    script.play(hand('a', 3, 'lowered'), hand('a', 2), hand('a', 3));
    expect(raisedHands(script.state)).toEqual([]);
  });

  it('are_gone_when_the_member_leaves', () => {
    const script = inRoom('a');
    script.play(hand('a', 1), heard({ type: 'user:left', id: 'a', reason: 'left' }));
    expect(script.state.hands.members).toEqual({});
  });

  it('are_kept_while_the_member_is_lost', () => {
    const script = inRoom('a');
    script.play(hand('a', 1), heard({ type: 'user:lost', id: 'a' }));
    expect(raisedHands(script.state)).toEqual(['a']);
    script.play(heard({ type: 'user:back', id: 'a' }));
    expect(raisedHands(script.state)).toEqual(['a']);
  });

  it('are_announced_with_a_sound', () => {
    expect(announced(inRoom('a').play(hand('a', 1)))).toEqual([
      ['hand-raised', 'hand', 'as-toast'],
    ]);
  });

  it('told_again_are_no_news', () => {
    const known: TalkMessage = { type: 'hand', position: 'raised', at: 1, again: true };
    const script = inRoom('a');
    expect(announced(script.play(says('a', known)))).toEqual([]);
    expect(raisedHands(script.state)).toEqual(['a']);
  });

  it('raised_and_lowered_quickly_are_announced_once', () => {
    const script = inRoom('a');
    const effects = script.play(
      ...Array.from({ length: 20 }, (_, at) =>
        hand('a', at + 1, at % 2 === 0 ? 'raised' : 'lowered'),
      ),
    );
    expect(announced(effects)).toHaveLength(1);
    script.play({ type: 'timer-fired', timer: { kind: 'hand-quiet', member: 'a' } });
    expect(announced(script.play(hand('a', 21)))).toHaveLength(1);
  });

  it('clock_at_its_end_still_orders', () => {
    const script = inRoom('a');
    script.play(hand('a', 1_000_000_000), toggle);
    expect(raisedHands(script.state)).toHaveLength(2);
    script.play(toggle);
    expect(raisedHands(script.state)).toEqual(['a']);
  });
});

describe('request_to_lower', () => {
  it('is_sent_to_the_member', () => {
    const effects = inRoom('a', 'b').play({ type: 'lower-hand-asked', member: 'b' });
    expect(said(effects)).toEqual([['b', { type: 'hand:lower' }]]);
  });

  it('leaves_the_decision_to_the_person', () => {
    const script = inRoom('a');
    script.play(toggle);
    const asked = script.play(says('a', { type: 'hand:lower' }), says('a', { type: 'hand:lower' }));
    expect(announced(asked)).toEqual([['asks-to-lower-hand', null, 'as-toast']]);
    expect(raisedHands(script.state)).toEqual(['m']);
  });

  it('right_after_the_hand_of_its_sender_is_announced', () => {
    const script = inRoom('a');
    script.play(toggle);
    const asked = script.play(hand('a', 5), says('a', { type: 'hand:lower' }));
    expect(announced(asked)).toEqual([
      ['hand-raised', 'hand', 'as-toast'],
      ['asks-to-lower-hand', null, 'as-toast'],
    ]);
  });

  it('is_ignored_while_the_hand_is_down', () => {
    expect(announced(inRoom('a').play(says('a', { type: 'hand:lower' })))).toEqual([]);
  });
});
