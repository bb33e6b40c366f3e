// The cases that both relay clients run, on this page's client.

import { describe, expect, test } from 'vitest';

import json from '../../../../crates/signal-protocol/testdata/client-cases.json';
import type { ClientMessage, ErrorCode, ServerMessage } from '../../protocol/wire';
import {
  IDLE,
  stepConnection,
  type ConnectionInput,
  type ConnectionOutput,
  type SignalingConnection,
} from './signaling-connection';

type Input =
  | 'opened'
  | 'refused'
  | 'lost'
  | 'leave'
  | 'networkBack'
  | { readonly join: { readonly room: string; readonly status: string } }
  | { readonly closed: number }
  | { readonly joined: { readonly resume: string; readonly resumed: boolean } }
  | { readonly hear: ServerMessage }
  | { readonly send: ClientMessage }
  | { readonly pass: number };

interface Step {
  readonly do: readonly Input[];
  readonly out: readonly unknown[];
  readonly state?: string;
  readonly timer?: number;
}

interface Table {
  readonly backoff: { readonly delays: readonly Range[]; readonly resetAfter: number };
  readonly closes: readonly { readonly code: number; readonly waits?: Range; fails?: string }[];
  readonly refusals: readonly { readonly code: ErrorCode; readonly passes: boolean }[];
  readonly queue: { readonly sent: number; readonly kept: number };
  readonly cases: readonly { name: string; from: Start; readonly steps: readonly Step[] }[];
}

type Range = readonly [least: number, most: number];
type Start = 'outside' | 'joined' | 'waiting';

// oxlint-disable-next-line no-unsafe-type-assertion -- the shell's test reads the same file by its types
const table = json as unknown as Table;

const EMAIL = 'ana@example.org';
const DEVICE = 'a device of 32 characters';
const JOIN: Input = { join: { room: '42', status: 's1' } };
const JOINED: Input = { joined: { resume: 't1', resumed: false } };
const RESUMED: Input = { joined: { resume: 't2', resumed: true } };
const START: Readonly<Record<Start, readonly Input[]>> = {
  outside: [],
  joined: [JOIN, 'opened', JOINED],
  waiting: [JOIN, 'opened', JOINED, 'lost'],
};

/** The client with a clock, a timer and a socket that the test moves. */
class Client {
  #connection: SignalingConnection = IDLE;
  #now = 0;
  #timer: number | null = null;
  #socket: 'none' | 'opening' | 'open' = 'none';
  #out: unknown[] = [];
  readonly #random: number;

  constructor(from: Start, random = 0.5) {
    this.#random = random;
    this.do(...START[from]);
  }

  /** What the client did about these inputs. */
  do(...inputs: readonly Input[]): readonly unknown[] {
    this.#out = [];
    for (const input of inputs) this.#input(input);
    return this.#out;
  }

  get state(): string {
    return this.#connection.kind === 'idle' ? 'outside' : this.#connection.kind;
  }

  get timer(): number | null {
    return this.#timer === null ? null : this.#timer - this.#now;
  }

  #input(input: Input): void {
    if (input === 'opened') {
      this.#socket = 'open';
      return this.#handle({ type: 'opened' });
    }
    if (input === 'refused' || input === 'lost') return this.#closed(1006);
    if (input === 'leave') return this.#handle({ type: 'leave' });
    if (input === 'networkBack') return this.#handle({ type: 'nudged' });
    if ('join' in input) {
      const request = { ...input.join, email: EMAIL, device: DEVICE };
      return this.#handle({ type: 'join', request, resume: null });
    }
    if ('closed' in input) return this.#closed(input.closed);
    if ('joined' in input) return this.#hear(welcome(input.joined));
    if ('hear' in input) return this.#hear(input.hear);
    if ('send' in input) return this.#handle({ type: 'send', message: input.send });
    const end = this.#now + input.pass;
    while (this.#timer !== null && this.#timer <= end) {
      this.#now = this.#timer;
      this.#timer = null;
      this.#handle({ type: 'woken' });
    }
    this.#now = end;
  }

  #closed(code: number): void {
    this.#socket = 'none';
    this.#handle({ type: 'closed', code });
  }

  /** The shell hears nothing of a socket that it dropped. */
  #hear(message: ServerMessage): void {
    if (this.#socket === 'open') this.#handle({ type: 'frame', message });
  }

  #handle(input: ConnectionInput): void {
    const step = { now: this.#now, time: 0, random: this.#random };
    const [next, outputs] = stepConnection(this.#connection, input, step);
    this.#connection = next;
    for (const output of outputs) this.#perform(output);
  }

  #perform(output: ConnectionOutput): void {
    switch (output.type) {
      case 'open':
        this.#socket = 'opening';
        this.#out.push('open');
        return;
      case 'drop':
        if (this.#socket !== 'none') this.#out.push('close');
        this.#socket = 'none';
        return;
      case 'transmit':
        expect(this.#socket).toBe('open');
        this.#out.push(said(output.message));
        return;
      case 'wake':
        this.#timer = this.#now + output.ms;
        return;
      case 'rest':
        this.#timer = null;
        return;
      case 'probe':
        // A browser is not told why a socket does not open.
        return this.#handle({ type: 'probed', found: 'nothing' });
      case 'remember':
      case 'forget':
        return;
      case 'emit':
        this.#out.push(told(output.event));
    }
  }
}

function said(message: ClientMessage): unknown {
  if (message.type !== 'room:join') return { send: message };
  const { type: _, email, device, ...join } = message;
  expect({ email, device }).toEqual({ email: EMAIL, device: DEVICE });
  return { join };
}

function told(event: Extract<ConnectionOutput, { type: 'emit' }>['event']): string {
  switch (event.type) {
    case 'signaling-connecting':
    case 'signaling-connected':
    case 'signaling-waiting':
      return `tell ${event.type.replace('signaling-', '')}`;
    case 'signaling-failed':
      return `tell failed ${event.field}`;
    case 'signaling-message':
      return event.message.type === 'error'
        ? `tell error ${event.message.code} about ${event.message.about}`
        : `tell ${event.message.type}`;
  }
}

function welcome(answer: { readonly resume: string; readonly resumed: boolean }): ServerMessage {
  return {
    type: 'room:joined',
    self: { id: 'me', email: EMAIL },
    room: '42',
    participants: [{ id: 'bo', email: 'bo@example.org' }],
    iceServers: [],
    iceTtl: 600,
    limits: { participants: 12, messageBytes: 65_536 },
    ...answer,
  };
}

describe('the client', () => {
  test.each(table.cases)('$name', ({ from, steps }) => {
    const client = new Client(from);
    for (const [at, step] of steps.entries()) {
      const out = client.do(...step.do);
      expect(out, `step ${at + 1}`).toEqual(step.out);
      if (step.state !== undefined) expect(client.state, `step ${at + 1}`).toBe(step.state);
      if (step.timer !== undefined) expect(client.timer, `step ${at + 1}`).toBe(step.timer);
    }
  });

  test.each([0, 1] as const)('tries for ever later, at random %i', (random) => {
    const { delays, resetAfter } = table.backoff;
    const client = new Client('joined', random);
    for (const [at, delay] of delays.entries()) {
      client.do(at === 0 ? 'lost' : 'refused');
      expect(client.timer).toBe(delay[random]);
      client.do({ pass: delay[random] });
    }
    client.do('opened', RESUMED, { pass: resetAfter - 1 }, 'lost');
    expect(client.timer).toBe(delays.at(-1)?.[random]);
    client.do({ pass: client.timer ?? 0 }, 'opened', RESUMED, { pass: resetAfter }, 'lost');
    expect(client.timer).toBe(delays[0]?.[random]);
  });

  test.each(table.closes)('obeys close code $code', ({ code, waits, fails }) => {
    for (const random of [0, 1] as const) {
      const client = new Client('joined', random);
      const out = client.do({ closed: code });
      if (waits === undefined) {
        expect(out).toEqual([`tell failed ${fails}`]);
        expect([client.state, client.timer]).toEqual(['outside', null]);
      } else {
        expect(out).toEqual(['tell waiting']);
        expect([client.state, client.timer]).toEqual(['waiting', waits[random]]);
      }
    }
  });

  test.each(table.refusals)('refused by $code stops, or waits if that passes', (row) => {
    const { code, passes } = row;
    const refusal: ServerMessage = { type: 'error', code, message: 'No.', about: 'room:join' };
    const first = new Client('outside');
    first.do(JOIN, 'opened');
    const stops = ['close', `tell error ${code} about room:join`];
    expect(first.do({ hear: refusal })).toEqual(stops);
    expect(first.do({ pass: 120_000 })).toEqual([]);

    const again = new Client('waiting');
    again.do({ pass: 750 }, 'opened');
    expect(again.do({ hear: refusal })).toEqual(passes ? ['close', 'tell waiting'] : stops);
    expect(again.state).toBe(passes ? 'waiting' : 'outside');
    if (!passes) expect(again.do({ pass: 120_000 })).toEqual([]);
  });

  test('keeps the newest messages in order', () => {
    const { sent, kept } = table.queue;
    const messages = Array.from({ length: sent }, (_, at): Input => {
      return { send: { type: 'peer:candidate', to: 'bo', payload: String(at) } };
    });
    const client = new Client('waiting');
    client.do(...messages, { pass: 750 }, 'opened');
    expect(client.do(RESUMED).slice(0, -2)).toEqual(messages.slice(-kept));
  });
});
