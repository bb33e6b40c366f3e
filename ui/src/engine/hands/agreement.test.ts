// Three engines behind a network that loses, doubles and reorders what they say: after everybody is
// connected again, they agree on the order of hands.

import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import type { Effect } from '../effect';
import type { Event } from '../event';
import { initialState } from '../initial';
import { ownStatus } from '../room/queries';
import { step } from '../router';
import { seeded, type Random } from '../simulation/random';
import type { RoomSession, State } from '../state';
import { writeStatus } from '../wire/status';
import type { Participant, ServerMessage } from '../../protocol/wire';
import { raisedHands } from './order';

const NAMES = ['ana', 'ben', 'cleo'] as const;
type Name = (typeof NAMES)[number];
type Act = 'toggle' | 'deliver' | 'double' | 'lose' | 'resume' | 'renew' | 'reload';

interface Said {
  readonly from: string;
  readonly to: string;
  readonly payload: string;
}

class Room {
  private readonly states = new Map<Name, State>();
  private readonly ids = new Map<Name, string>();
  private readonly kept = new Map<Name, RoomSession>();
  private readonly onTheWay: Said[] = [];
  private nextId = 1;

  constructor(private readonly random: Random) {
    for (const name of NAMES) {
      const relay = { kind: 'this-computer' } as const;
      this.start(name, { room: '42', email: name, session: random.id(), relay, rejoin: null });
      this.admit(name);
    }
  }

  act(act: Act): void {
    const name = this.random.pick(NAMES);
    switch (act) {
      case 'toggle':
        return this.dispatch(name, { type: 'hand-toggled' });
      case 'deliver':
        return this.pass(this.take());
      case 'double': {
        const said = this.take();
        if (said !== undefined) this.onTheWay.push(said, said);
        return;
      }
      case 'lose':
        this.take();
        return;
      case 'resume':
        return this.hear(name, this.joined(name, true));
      case 'renew':
        return this.renew(name);
      case 'reload': {
        const session = this.kept.get(name);
        if (session === undefined) throw new Error('Nothing was remembered.');
        this.start(name, session);
        return this.hear(name, this.joined(name, true));
      }
    }
  }

  /** Everybody's line comes back. From then on nothing is lost, but old messages still arrive. */
  heal(): void {
    for (const name of NAMES) this.hear(name, this.joined(name, true));
    while (this.onTheWay.length > 0) this.pass(this.take());
  }

  /** The order of hands as this one sees it. */
  hands(name: Name): readonly (Name | undefined)[] {
    return raisedHands(this.state(name)).map((id) => NAMES.find((one) => this.ids.get(one) === id));
  }

  raised(): readonly Name[] {
    return NAMES.filter((name) => this.state(name).hands.own.position === 'raised');
  }

  private renew(name: Name): void {
    const old = this.ids.get(name) ?? '';
    for (const other of this.others(name)) {
      this.hear(other, { type: 'user:left', id: old, reason: 'lost' });
    }
    this.admit(name);
  }

  private admit(name: Name): void {
    this.ids.set(name, `${this.nextId}`);
    this.nextId += 1;
    this.hear(name, this.joined(name, false));
    for (const other of this.others(name)) {
      this.hear(other, { type: 'user:joined', user: this.participant(name) });
    }
  }

  private start(name: Name, roomSession: RoomSession): void {
    const modest = { microphone: null, camera: null, speaker: null } as const;
    const off = { microphoneOn: false, cameraOn: false, saveData: false };
    const shown = { ownAddress: 'shown' } as const;
    this.states.set(
      name,
      initialState({ page: name, secret: name, canCall: true, ...modest, ...off, ...shown }),
    );
    this.dispatch(name, { type: 'join-pressed', roomSession });
  }

  private hear(name: Name, message: ServerMessage): void {
    this.dispatch(name, { type: 'signaling-message', message, at: 0 });
  }

  private dispatch(name: Name, event: Event): void {
    const before = this.states.get(name);
    if (before === undefined) throw new Error('Nobody.');
    const [state, effects] = step(before, event);
    this.states.set(name, state);
    for (const effect of effects) this.perform(name, effect);
  }

  private perform(name: Name, effect: Effect): void {
    if (effect.type === 'remember-room-session' && effect.roomSession !== null) {
      this.kept.set(name, effect.roomSession);
    }
    if (effect.type !== 'signaling-send' || effect.message.type !== 'user:message') return;
    const { to, payload } = effect.message;
    this.onTheWay.push({ from: this.ids.get(name) ?? '', to, payload });
  }

  private take(): Said | undefined {
    if (this.onTheWay.length === 0) return undefined;
    return this.onTheWay.splice(this.random.between(0, this.onTheWay.length - 1), 1)[0];
  }

  private pass(said: Said | undefined): void {
    const name = NAMES.find((one) => said !== undefined && this.ids.get(one) === said.to);
    if (said === undefined || name === undefined) return;
    const { from, payload } = said;
    this.hear(name, { type: 'user:message', from, payload });
  }

  private joined(name: Name, resumed: boolean): ServerMessage {
    return {
      type: 'room:joined',
      self: { id: this.ids.get(name) ?? '', email: name },
      room: '42',
      participants: this.others(name).map((other) => this.participant(other)),
      iceServers: [],
      iceTtl: 0,
      resume: 'token',
      resumed,
      limits: { participants: 12, messageBytes: 65_536 },
    };
  }

  private others(name: Name): readonly Name[] {
    return NAMES.filter((other) => other !== name && this.ids.has(other));
  }

  private participant(name: Name): Participant {
    const status = writeStatus(ownStatus(this.state(name)));
    return { id: this.ids.get(name) ?? '', email: name, status };
  }

  private state(name: Name): State {
    const state = this.states.get(name);
    if (state === undefined) throw new Error('Nobody.');
    return state;
  }
}

it('three_engines_agree_on_the_order_of_hands', () => {
  const acts = fc.array(
    fc.constantFrom<Act>(
      ...(['toggle', 'toggle', 'deliver', 'deliver', 'double', 'lose'] as const),
      ...(['resume', 'renew', 'reload'] as const),
    ),
    { maxLength: 120 },
  );
  fc.assert(
    fc.property(fc.integer(), acts, (seed, schedule) => {
      const room = new Room(seeded(seed));
      for (const act of schedule) room.act(act);
      room.heal();
      const [first] = NAMES.map((name) => room.hands(name));
      for (const name of NAMES) expect(room.hands(name)).toEqual(first);
      expect(first?.toSorted()).toEqual(room.raised());
    }),
    { numRuns: 500 },
  );
});
