// One engine and a list of events, for table tests of single steps.

import {
  DELIVERED_AS,
  readPayload,
  sentAs,
  writePayload,
  type CallMessage,
} from '../wire/call-message';
import type { Effect } from '../effect';
import type { Event } from '../event';
import { initialState, type Beginning } from '../initial';
import { reattachProof } from '../peer/reattach-proof';
import type { CallScope, MemberStatus, State, RoomSession } from '../state';
import { writeStatus } from '../wire/status';
import { readTalk } from '../wire/talk/talk-message';
import { step } from '../router';
import type { Participant, ServerMessage } from '../../protocol/wire';

export const ROOM_SESSION: RoomSession = {
  room: '42',
  email: 'me@example.org',
  session: 'my-session',
  relay: { kind: 'this-computer' },
  rejoin: null,
};

const SILENT: Beginning = {
  page: 'page',
  secret: 'secret',
  canCall: true,
  microphone: null,
  camera: null,
  speaker: null,
  microphoneOn: false,
  cameraOn: false,
  saveData: false,
  ownAddress: 'shown',
};

export class Script {
  state: State;

  constructor(beginning: Partial<Beginning> = {}) {
    this.state = initialState({ ...SILENT, ...beginning });
  }

  /** Plays the events; returns the effects. */
  play(...events: readonly Event[]): readonly Effect[] {
    const asks: Effect[] = [];
    for (const event of events) {
      const [next, effects] = step(this.state, event);
      this.state = next;
      asks.push(...effects);
    }
    return asks;
  }

  /** Joins a room as `self` with these members. */
  enter(
    self: string,
    others: readonly Participant[] = [],
    roomSession: RoomSession = ROOM_SESSION,
  ): this {
    this.play({ type: 'join-pressed', roomSession }, heard(joined(self, others)));
    return this;
  }
}

export function heard(message: ServerMessage, at = 0): Event {
  return { type: 'signaling-message', message, at };
}

export function joined(
  self: string,
  participants: readonly Participant[],
  resumed = false,
): ServerMessage {
  return {
    type: 'room:joined',
    self: { id: self, email: ROOM_SESSION.email },
    room: ROOM_SESSION.room,
    participants: [...participants],
    iceServers: [],
    iceTtl: 0,
    resume: 'token',
    resumed,
    limits: { participants: 12, messageBytes: 65_536 },
  };
}

export function member(id: string, status: Partial<MemberStatus> = {}): Participant {
  return { id, email: `${id}@example.org`, status: statusText(id, status) };
}

export function statusOf(id: string, status: Partial<MemberStatus>): Event {
  return heard({ type: 'user:status', from: id, status: statusText(id, status) });
}

function statusText(id: string, status: Partial<MemberStatus>): string {
  const modest = {
    call: null,
    scope: 'some',
    microphone: false,
    camera: false,
    screen: 'off',
    calls: true,
    away: false,
  } as const;
  return writeStatus({ session: `session of ${id}`, ...modest, ...status });
}

export function said(from: string, message: CallMessage): Event {
  return heard({ type: DELIVERED_AS[sentAs(message)], from, payload: writePayload(message) });
}

/** An SDP with this certificate fingerprint. */
export function sdpOf(text: string, fingerprint: string): string {
  return `${text}\r\na=fingerprint:sha-256 ${fingerprint}\r\n`;
}

/** A valid proof of the member at the other end of the only peer. */
export function returned({ state: { room, call } }: Script, from: string): Event {
  const peer = call.kind === 'active' ? call.peers[0] : undefined;
  if (room.kind !== 'inside' || call.kind !== 'active' || peer === undefined) {
    throw new Error('There is no peer.');
  }
  const proof = reattachProof(call.id, peer, from, room.self) ?? 'none';
  const { id } = call;
  const connection = peer.connection ?? 'none';
  return said(from, { type: 'peer:returned', call: id, connection, proof, waits: false });
}

/** A call from a member, after its status. */
export function calls(
  from: string,
  call: string,
  connection = `${from}-1`,
  scope: CallScope = 'some',
): readonly Event[] {
  return [
    statusOf(from, { call, scope }),
    said(from, {
      type: 'user:call',
      call,
      connection,
      serial: 1,
      offer: { type: 'offer', sdp: sdpOf(`offer of ${from}`, connection), mids: {} },
      media: { microphone: true, camera: true },
      called: null,
      kind: 'video',
    }),
  ];
}

/** The directed messages among effects, as `to type`, with the reason where there is one. */
export function directed(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) => {
    if (effect.type !== 'signaling-send' || !('to' in effect.message)) return [];
    const { to, type, payload } = effect.message;
    const message = readPayload(DELIVERED_AS[type], payload);
    const reason = message !== null && 'reason' in message ? ` ${message.reason}` : '';
    return [`${to} ${type}${reason}`];
  });
}

/** Effects by type; peer effects with the peer id. */
/** What is said on the `talk` channels of connections; how it reads if it is no message. */
export function saidInCall(effects: readonly Effect[]): readonly unknown[] {
  return effects.flatMap<unknown>((effect) => {
    if (effect.type !== 'talk-send') return [];
    const read = readTalk(effect.text);
    return read.kind === 'message' ? [read.message] : [read.kind];
  });
}

export function announced(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) =>
    effect.type === 'announce' ? [effect.announcement.code] : [],
  );
}

export function asked(effects: readonly Effect[]): readonly string[] {
  return effects.map((effect) =>
    'peer' in effect ? `${effect.type} ${effect.peer}` : effect.type,
  );
}
