// The chat of one page: what it says, hears, shows and keeps.

import { describe, expect, it } from 'vitest';

import type { Effect } from '../effect';
import { heard, joined, member, ROOM_SESSION, Script } from '../simulation/script';
import type { ChatEntry, ChatMessage } from '../wire/talk/chat';
import { readTalk, writeTalk, type TalkMessage } from '../wire/talk/talk-message';
import { keyFor, proofOf } from './key';
import { MAX_MESSAGES } from './list';
import { deliveryOf, isFull } from './queries';

const TIME = 1_700_000_000_000;

/** In a room with `a` and `b`, outside a call. */
function inRoom(): Script {
  const script = new Script().enter('m', [member('a'), member('b')]);
  script.play({ type: 'signaling-connected' });
  return script;
}

function says(from: string, message: ChatMessage, at = 0) {
  return heard({ type: 'user:message', from, payload: writeTalk(message) }, at);
}

function text(number: number, words: string, clock = number): ChatEntry {
  return { number, clock, body: { kind: 'text', text: words } };
}

function chat(...entries: readonly ChatEntry[]): ChatMessage {
  return { type: 'chat', entries };
}

function send(script: Script, words: string): readonly Effect[] {
  return script.play({ type: 'chat-sent', text: words, time: TIME });
}

/** What is said by the relay, as `to type`. */
function said(effects: readonly Effect[]): readonly string[] {
  return messages(effects).map(([to, { type }]) => `${to} ${type}`);
}

function messages(effects: readonly Effect[]): readonly (readonly [string, ChatMessage])[] {
  return effects.flatMap((effect) => {
    if (effect.type !== 'signaling-send' || effect.message.type !== 'user:message') return [];
    const read = readTalk(effect.message.payload);
    return read.kind === 'message' && isOfChat(read.message)
      ? [[effect.message.to, read.message] as const]
      : [];
  });
}

function isOfChat(message: TalkMessage): message is ChatMessage {
  return message.type.startsWith('chat');
}

function shown(script: Script): readonly string[] {
  return script.state.chat.kept.messages.map(({ email, body }) =>
    body.kind === 'text' ? `${email.split('@')[0]}: ${body.text}` : `${email.split('@')[0]} -`,
  );
}

function fates(script: Script): readonly string[] {
  const { chat: state } = script.state;
  return state.kept.messages.map((item) => deliveryOf(state, item).kind);
}

function pauseOver(script: Script, id: string): readonly Effect[] {
  const correspondent = `session of ${id}`;
  return script.play({ type: 'timer-fired', timer: { kind: 'chat-pause', correspondent } });
}

/** `a` is lost for good, and somebody with its session comes in. */
function afterLoss(): Script {
  const script = inRoom();
  send(script, 'before');
  script.play(heard({ type: 'user:left', id: 'a', reason: 'lost' }));
  const { email, status } = member('a');
  const user = status === undefined ? { id: 'a2', email } : { id: 'a2', email, status };
  script.play(heard({ type: 'user:joined', user }));
  return script;
}

describe('own_message', () => {
  it('goes_to_everybody_and_is_shown_at_once', () => {
    const script = inRoom();
    expect(said(send(script, ' hello '))).toEqual(['a chat', 'b chat']);
    expect(shown(script)).toEqual(['me:  hello']);
    expect(fates(script)).toEqual(['sending']);
  });

  it('is_delivered_when_everybody_has_acknowledged_it', () => {
    const script = inRoom();
    send(script, 'hello');
    script.play(says('a', { type: 'chat-ack', numbers: [1] }));
    expect(fates(script)).toEqual(['sending']);
    script.play(says('b', { type: 'chat-ack', numbers: [1] }));
    expect(fates(script)).toEqual(['delivered']);
    expect(script.state.chat.kept.outbox).toEqual([]);
  });

  it('is_repeated_and_then_not_delivered', () => {
    const script = inRoom();
    send(script, 'hello');
    script.play(says('b', { type: 'chat-ack', numbers: [1] }));
    const repeat = { kind: 'chat-repeat', correspondent: 'session of a' } as const;
    for (let tries = 0; tries < 6; tries += 1) {
      pauseOver(script, 'a');
      expect(said(script.play({ type: 'timer-fired', timer: repeat }))).toEqual(['a chat']);
    }
    script.play({ type: 'timer-fired', timer: repeat });
    const item = script.state.chat.kept.messages[0];
    expect(item && deliveryOf(script.state.chat, item)).toEqual({
      kind: 'failed',
      emails: ['a@example.org'],
      retry: true,
    });
    expect(said(script.play({ type: 'chat-retried', number: 1 }))).toEqual(['a chat']);
    expect(fates(script)).toEqual(['sending']);
  });

  it('in_an_empty_room_reaches_nobody', () => {
    const script = new Script().enter('m', []);
    send(script, 'hello');
    expect(fates(script)).toEqual(['nobody-here']);
    script.play(heard({ type: 'user:joined', user: member('a') }));
    expect(
      said(script.play(says('a', { type: 'chat-hello', key: 'k', proof: null, answer: true }))),
    ).toEqual(['a chat-hello']);
  });

  it.each([
    ['nothing', ''],
    ['blanks', ' \n\t '],
    ['marks_only', '\u200f\u200e'],
    ['more_than_4_KiB', 'é'.repeat(2_049)],
    ['a_million_characters', 'x'.repeat(1_000_000)],
  ])('of_%s_is_not_sent', (_, words) => {
    const script = inRoom();
    expect(send(script, words)).toEqual([]);
    expect(shown(script)).toEqual([]);
  });

  it('of_4_KiB_of_any_characters_fits_a_message', () => {
    for (const character of ['"', '\\', '\u0001', '\ud800', '😀', '\n', 'é']) {
      const script = inRoom();
      const words = `a${character}`.repeat(Math.floor(4_096 / (8 + 1)));
      expect(said(send(script, words))).toEqual(['a chat', 'b chat']);
      expect(fates(script)).toEqual(['sending']);
    }
  });

  it('is_refused_while_200_wait', () => {
    const script = inRoom();
    for (let count = 0; count < 210; count += 1) send(script, `${count}`);
    expect(shown(script)).toHaveLength(200);
    expect(isFull(script.state.chat)).toBe(true);
  });

  it('taken_back_is_taken_back_for_everybody', () => {
    const script = inRoom();
    send(script, 'secret');
    for (const from of ['a', 'b']) script.play(says(from, { type: 'chat-ack', numbers: [1] }));
    pauseOver(script, 'a');
    pauseOver(script, 'b');
    const effects = script.play({ type: 'chat-withdrawn', number: 1 });
    expect(
      messages(effects).map(([to, message]) => [to, message.type === 'chat' && message.entries]),
    ).toEqual([
      ['a', [{ number: 2, clock: 2, body: { kind: 'withdrawal', of: 1 } }]],
      ['b', [{ number: 2, clock: 2, body: { kind: 'withdrawal', of: 1 } }]],
    ]);
    expect(shown(script)).toEqual(['me -']);
  });
});

describe('message_of_a_member', () => {
  it('is_shown_acknowledged_counted_and_announced', () => {
    const script = inRoom();
    const effects = script.play(says('a', chat(text(1, 'hello'))));
    expect(said(effects)).toEqual(['a chat-ack']);
    expect(shown(script)).toEqual(['a: hello']);
    expect(script.state.chat.unread).toBe(1);
    expect(effects).toContainEqual({
      type: 'announce',
      announcement: { code: 'message', email: 'a@example.org', text: 'hello' },
      sound: 'message',
      shown: 'as-toast',
    });
  });

  it('is_read_where_the_messages_are_shown', () => {
    const script = inRoom();
    script.play(says('a', chat(text(1, 'one'))), { type: 'chat-shown', shown: true });
    const effects = script.play(says('a', chat(text(2, 'two'))));
    expect(script.state.chat.unread).toBe(0);
    expect(effects.map(({ type }) => type)).not.toContain('announce');
  });

  it('that_comes_twice_is_shown_once_and_acknowledged_twice', () => {
    const script = inRoom();
    const once = says('a', chat(text(1, 'hello')));
    expect(said(script.play(once, once))).toEqual(['a chat-ack', 'a chat-ack']);
    expect(shown(script)).toEqual(['a: hello']);
  });

  it('is_put_where_it_belongs', () => {
    const script = inRoom();
    script.play(says('b', chat(text(1, 'second', 2))), says('a', chat(text(1, 'first', 1))));
    script.play(says('a', chat(text(2, 'third', 2))));
    expect(shown(script)).toEqual(['a: first', 'a: third', 'b: second']);
  });

  it('taken_back_before_it_comes_is_never_shown', () => {
    const script = inRoom();
    const withdrawal: ChatEntry = { number: 2, clock: 2, body: { kind: 'withdrawal', of: 1 } };
    script.play(says('a', chat(withdrawal)), says('a', chat(text(1, 'secret'))));
    expect(shown(script)).toEqual([]);
  });

  it('cannot_take_back_what_another_said', () => {
    const script = inRoom();
    script.play(says('a', chat(text(1, 'mine'))));
    script.play(says('b', chat({ number: 1, clock: 9, body: { kind: 'withdrawal', of: 1 } })));
    expect(shown(script)).toEqual(['a: mine']);
  });

  it('shows_controls_by_their_codes', () => {
    const script = inRoom();
    script.play(says('a', chat(text(1, 'a\u202Eb\u2066c\u200Bd\u0007e\nf'))));
    expect(shown(script)).toEqual(['a: a[U+202E]b[U+2066]c[U+200B]d[U+0007]e\nf']);
  });

  it('with_a_false_clock_uses_up_no_numbers', () => {
    const script = inRoom();
    script.play(says('a', chat(text(1, 'far', Number.MAX_SAFE_INTEGER))));
    expect(script.state.chat.kept.clock).toBeLessThanOrEqual(1_000_000);
    send(script, 'next');
    expect(shown(script)).toEqual(['a: far', 'me: next']);
  });

  it('acknowledgement_of_what_was_never_sent_changes_nothing', () => {
    const script = inRoom();
    const { kept } = script.state.chat;
    script.play(says('a', { type: 'chat-ack', numbers: [1, 2, 99] }));
    expect(script.state.chat.kept).toEqual(kept);
  });

  it('flood_is_muted_and_said_and_does_not_grow', () => {
    const script = inRoom();
    const announced: string[] = [];
    for (let batch = 0; batch < 5_000; batch += 1) {
      const entries = Array.from({ length: 8 }, (_, index) => text(batch * 8 + index + 1, 'x'));
      for (const effect of script.play(says('a', chat(...entries), batch))) {
        if (effect.type === 'announce') announced.push(effect.announcement.code);
      }
    }
    expect(announced.filter((code) => code === 'talk-muted')).toHaveLength(1);
    expect(shown(script).length).toBeLessThan(200);
  });

  it('slow_flood_keeps_the_newest', () => {
    const script = inRoom();
    for (let count = 1; count <= MAX_MESSAGES + 50; count += 1) {
      script.play(says('a', chat(text(count, `${count}`)), count * 100));
    }
    expect(shown(script)).toHaveLength(MAX_MESSAGES);
    expect(shown(script).at(-1)).toBe('a: 2050');
    expect(script.state.chat.kept.dropped).toBe(50);
  });

  it('large_texts_are_bounded_together', () => {
    const script = inRoom();
    for (let count = 1; count <= 300; count += 1) {
      script.play(says('a', chat(text(count, 'x'.repeat(4_096))), count * 100));
    }
    expect(shown(script).length).toBe(244);
    expect(script.state.chat.kept.dropped).toBe(56);
  });
});

describe('typing', () => {
  const typing = { type: 'chat-typing' } as const;

  it('is_said_every_three_seconds_at_most', () => {
    const script = inRoom();
    expect(said(script.play({ type: 'chat-typed' }, { type: 'chat-typed' }))).toEqual([
      'a chat-typing',
      'b chat-typing',
    ]);
    script.play({ type: 'timer-fired', timer: { kind: 'chat-typing-pause' } });
    expect(said(script.play({ type: 'chat-typed' }))).toHaveLength(2);
  });

  it('is_shown_until_the_message_comes_or_time_is_over', () => {
    const script = inRoom();
    script.play(says('a', typing), says('b', typing));
    expect(script.state.chat.typing).toEqual(['a', 'b']);
    script.play(says('a', chat(text(1, 'hello'))));
    script.play({ type: 'timer-fired', timer: { kind: 'chat-typing', member: 'b' } });
    expect(script.state.chat.typing).toEqual([]);
  });
});

describe('return_under_another_id', () => {
  const key = keyFor('secret', ROOM_SESSION.session, 'session of a');

  it('is_believed_with_the_proof', () => {
    const script = afterLoss();
    const proof = proofOf(key, 'a2', 'm');
    const hello: ChatMessage = { type: 'chat-hello', key: 'k', proof, answer: true };
    const effects = script.play(says('a2', hello));
    expect(said(effects)).toEqual(['a2 chat-hello', 'a2 chat']);
    script.play(says('a2', { type: 'chat-ack', numbers: [1] }));
    script.play(says('b', { type: 'chat-ack', numbers: [1] }));
    expect(fates(script)).toEqual(['delivered']);
  });

  it.each([
    ['no_proof', null],
    ['proof_for_another_id', proofOf(key, 'a', 'm')],
    ['nonsense', 'x'],
  ])('with_%s_is_somebody_new', (_, proof) => {
    const script = afterLoss();
    const hello: ChatMessage = { type: 'chat-hello', key: 'k', proof, answer: true };
    expect(said(script.play(says('a2', hello)))).toEqual(['a2 chat-hello']);
    script.play(says('a2', { type: 'chat-ack', numbers: [1] }));
    expect(fates(script)).toEqual(['sending']);
  });

  it('is_given_up_before_it_is_forgotten_for_newcomers', () => {
    const script = inRoom();
    script.play(heard({ type: 'user:left', id: 'a', reason: 'left' }));
    send(script, 'hello');
    script.play(heard({ type: 'user:left', id: 'b', reason: 'lost' }));
    // All that a page remembers: `a`, who is gone, makes room first, then `b`, who is awaited.
    const effects = Array.from({ length: 64 }, (_, index) =>
      script.play(heard({ type: 'user:joined', user: member(`new ${index}`) })),
    );
    const cleared = {
      type: 'timer-clear',
      timer: { kind: 'chat-awaited', correspondent: 'session of b' },
    };
    expect(effects.slice(0, 63).flat()).not.toContainEqual(cleared);
    expect(effects[63]).toContainEqual(cleared);
    expect(fates(script)).toEqual(['failed']);
  });

  it('unproven_gets_no_key_of_the_other', () => {
    const script = afterLoss();
    const effects = script.play(says('a2', chat(text(1, 'it is me'))));
    expect(shown(script)).toEqual(['me: before']);
    expect(messages(effects).map(([, message]) => message)).toEqual([
      expect.objectContaining({ type: 'chat-hello', key: null }),
    ]);
  });
});

describe('stay', () => {
  it('leaving_the_room_forgets_everything', () => {
    const script = inRoom();
    send(script, 'hello');
    const effects = script.play({ type: 'leave-room-pressed' });
    expect(script.state.chat.kept.messages).toEqual([]);
    expect(effects).toContainEqual({ type: 'remember-chat', memory: null });
  });

  it('newcomer_gets_nothing_from_before', () => {
    const script = inRoom();
    send(script, 'before');
    script.play(heard({ type: 'user:joined', user: member('c') }));
    const hello: ChatMessage = { type: 'chat-hello', key: 'k', proof: null, answer: true };
    expect(said(script.play(says('c', hello)))).toEqual(['c chat-hello']);
    script.play(says('a', { type: 'chat-ack', numbers: [1] }));
    script.play(says('b', { type: 'chat-ack', numbers: [1] }));
    expect(fates(script)).toEqual(['delivered']);
  });

  it('relay_back_brings_out_what_waits', () => {
    const script = inRoom();
    script.play({ type: 'signaling-waiting', reason: { code: 'relay-lost' } });
    expect(said(send(script, 'hello'))).toEqual([]);
    script.play(heard(joined('m', [member('a'), member('b')], true)));
    const hello: ChatMessage = { type: 'chat-hello', key: 'k', proof: null, answer: false };
    expect(said(script.play(says('a', hello)))).toEqual(['a chat']);
  });
});
