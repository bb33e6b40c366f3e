// The own screen share as tables: what is pressed and captured, what is asked for, told and said.

import { describe, expect, it } from 'vitest';

import type { Effect } from '../effect';
import type { Event } from '../event';
import { MIDDLE } from './region';
import { calls, member, Script, statusOf } from '../simulation/script';
import { readStatus } from '../wire/status';

const toggle: Event = { type: 'share-toggled' };
const started: Event = { type: 'share-started', surface: 'window', audio: 'on' };
const pause: Event = { type: 'share-pause-toggled' };

/** In a call with `a`; `b` is in the room. */
function inCall(): Script {
  const script = new Script().enter('m', [member('a'), member('b')]);
  script.play(...calls('a', 'c'), { type: 'accept-pressed' });
  script.play({
    type: 'peer-done',
    peer: 'page-1',
    local: { type: 'answer', sdp: 'mine', mids: {} },
  });
  script.play({ type: 'peer-connection', peer: 'page-1', state: 'connected' });
  return script;
}

function asks(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) => {
    if (effect.type === 'share') return [effect.ask];
    if (effect.type === 'share-region') return [`region ${String(effect.region?.width)}`];
    return effect.type === 'share-content' ? [effect.content] : [];
  });
}

function said(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) =>
    effect.type === 'announce' ? [`${effect.announcement.code} ${effect.shown}`] : [],
  );
}

/** What the own status says of the screen, each time it is sent. */
function told(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) => {
    if (effect.type !== 'signaling-send' || effect.message.type !== 'user:status') return [];
    return [readStatus(effect.message.status).screen];
  });
}

function grantOf(script: Script) {
  const [grants] = script.state.budget.grants;
  return [grants?.screen.kind, grants?.screenAudio.kind];
}

describe('share', () => {
  it('is_asked_for_once_and_told_when_it_is_there', () => {
    const script = inCall();
    expect(asks(script.play(toggle, toggle))).toEqual(['start']);
    const effects = script.play(started);
    expect(told(effects)).toEqual(['on']);
    expect(said(effects)).toEqual(['own-screen on-screen']);
    expect(grantOf(script)).toEqual(['send', 'send']);
  });

  it('outside_a_call_is_not_asked_for', () => {
    const script = new Script().enter('m', [member('a')]);
    expect(asks(script.play(toggle))).toEqual([]);
    expect(script.state.share.kind).toBe('off');
  });

  it('closed_picker_is_silent', () => {
    const script = inCall();
    const effects = script.play(toggle, { type: 'share-refused' });
    expect(script.state.share.kind).toBe('off');
    expect(said(effects)).toEqual([]);
    expect(told(effects)).toEqual([]);
  });

  it('given_up_shares_nothing_that_is_chosen_later', () => {
    const script = inCall();
    const effects = script.play(toggle, toggle, { type: 'share-given-up' });
    expect(asks(effects)).toEqual(['start', 'stop']);
    expect(asks(script.play(started))).toEqual([]);
    expect(script.state.share.kind).toBe('off');
    expect(asks(script.play(toggle))).toEqual(['start']);
  });

  it('audio_that_ends_alone_is_told', () => {
    const script = inCall();
    script.play(toggle, { ...started, audio: 'on' }, { type: 'share-audio-ended' });
    expect(script.state.share).toMatchObject({ kind: 'on', audio: 'off' });
  });

  it('failure_is_said', () => {
    const script = inCall();
    const effects = script.play(toggle, { type: 'share-failed', problem: 'denied-by-system' });
    expect(script.state.share.kind).toBe('off');
    expect(said(effects)).toEqual(['share-failed as-toast']);
  });

  it('paused_is_told_and_still_sent', () => {
    const script = inCall();
    script.play(toggle, started);
    const effects = script.play(pause);
    expect(asks(effects)).toEqual(['pause']);
    expect(told(effects)).toEqual(['paused']);
    expect(grantOf(script)).toEqual(['send', 'send']);
    expect(asks(script.play(pause))).toEqual(['resume']);
  });

  it.each([
    ['by_the_button', toggle, ['stop'], ['own-screen on-screen']],
    ['by_the_system', { type: 'share-ended' }, [], ['own-screen as-toast']],
  ] as const)('stopped_%s_is_told', (_, event, asked, announced) => {
    const script = inCall();
    script.play(toggle, started);
    const effects = script.play(event);
    expect(asks(effects)).toEqual(asked);
    expect(said(effects)).toEqual(announced);
    expect(told(effects)).toEqual(['off']);
    expect(grantOf(script)).toEqual(['off', 'off']);
  });

  it.each([
    ['on', [toggle, started]],
    ['asking', [toggle]],
  ] as const)('%s_ends_with_its_call', (_, before) => {
    const script = inCall();
    script.play(...before);
    expect(asks(script.play({ type: 'leave-call-pressed' }))).toEqual(['stop']);
    expect(script.state.share.kind).toBe('off');
    expect(told(script.play(started))).toEqual([]);
    expect(script.state.share.kind).toBe('off');
  });

  it('part_is_not_sent_before_it_is_chosen', () => {
    const script = inCall();
    expect(asks(script.play({ type: 'share-part-asked' }))).toEqual(['start-held']);
    const begun = script.play(started);
    expect([told(begun), said(begun), grantOf(script)]).toEqual([[], [], ['off', 'off']]);
    expect(asks(script.play(pause))).toEqual([]);
    const chosen = script.play({ type: 'share-region-chosen', region: MIDDLE });
    expect(asks(chosen)).toEqual(['region 0.5', 'resume']);
    expect([told(chosen), said(chosen)]).toEqual([['on'], ['own-screen on-screen']]);
    expect(grantOf(script)).toEqual(['send', 'send']);
    const whole = script.play({ type: 'share-region-chosen', region: null });
    expect([asks(whole), told(whole), said(whole)]).toEqual([['region undefined'], [], []]);
  });

  it('part_that_is_not_chosen_ends_silently', () => {
    const script = inCall();
    script.play({ type: 'share-part-asked' }, started);
    const effects = script.play(toggle);
    expect([asks(effects), told(effects), said(effects)]).toEqual([['stop'], [], []]);
    expect(script.state.share.kind).toBe('off');
  });

  it('content_is_what_was_measured_until_the_person_says', () => {
    const script = inCall();
    script.play(toggle, started);
    expect(asks(script.play({ type: 'share-measured', content: 'motion' }))).toEqual(['motion']);
    expect(asks(script.play({ type: 'share-content-chosen', choice: 'text' }))).toEqual(['text']);
    expect(asks(script.play({ type: 'share-measured', content: 'text' }))).toEqual([]);
    script.play({ type: 'share-measured', content: 'motion' });
    const automatic: Event = { type: 'share-content-chosen', choice: 'automatic' };
    expect(asks(script.play(automatic))).toEqual(['motion']);
    expect(script.state.budget.captured.screen).toBe('motion');
  });
});

describe('a_member', () => {
  it('that_shares_in_our_call_is_said', () => {
    const script = inCall();
    const begun = script.play(statusOf('a', { call: 'c', screen: 'on' }));
    expect(said(begun)).toEqual(['screen-shared as-toast']);
    expect(said(script.play(statusOf('a', { call: 'c', screen: 'paused' })))).toEqual([]);
    const over = script.play(statusOf('a', { call: 'c', screen: 'off' }));
    expect(said(over)).toEqual(['screen-stopped on-screen']);
  });

  it('that_is_not_in_our_call_is_not_said', () => {
    const script = inCall();
    expect(said(script.play(statusOf('b', { call: 'd', screen: 'on' })))).toEqual([]);
  });

  it('who_cannot_see_the_screen_is_named_to_the_sharer', () => {
    const script = inCall();
    const refused: Event = { type: 'peer-screen-refused', peer: 'page-1' };
    expect(said(script.play(refused))).toEqual([]);
    script.play(toggle, started);
    expect(said(script.play(refused))).toEqual(['screen-not-shown as-toast']);
    expect(said(script.play({ type: 'peer-screen-refused', peer: 'page-9' }))).toEqual([]);
  });
});
