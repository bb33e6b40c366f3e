// A third member who says to be another: repeats a session and a call, offers connections of its
// own under every name that it may know, and hands on the proofs that it was told.
//
// Invariant: its connections are none of the world's pages', so a page that sets one of its
// descriptions is seen by it.

import { writePayload, type CallMessage } from '../call-wire';
import type { Link, MemberStatus } from '../state';
import { ownStatus, writeStatus } from '../status';
import type { DirectedKind, MemberId, ServerMessage } from '../../protocol/wire';
import { textOf, type Sdp } from './connection';
import type { Page } from './page';
import { openSocket, type Socket } from './socket';
import type { World } from './world';

const LIAR = 'liar';

export class Liar {
  private socket: Socket | null = null;
  private self: MemberId | null = null;
  private readonly proofs: string[] = [];
  private copied: MemberStatus | null = null;
  private counter = 0;

  constructor(
    private readonly world: World,
    /** Whose session it repeats. */
    private readonly victim: string,
  ) {
    this.connect();
  }

  /** Whether any page's connection is described by the liar. */
  get isHeard(): boolean {
    return [...this.world.pages.values()].some((page) =>
      [...page.connections.values()].some(({ remote }) => remote?.connection === LIAR),
    );
  }

  get id(): MemberId | null {
    return this.self;
  }

  /** One lie to one member, chosen at random. */
  lie(to: string): void {
    const { random } = this.world;
    const page = this.world.page(to);
    this.say({ type: 'user:status', status: writeStatus(this.status()) });
    for (const message of random.pick(LIES)(this, page)) this.direct(page, message);
  }

  /** As the victim says it, and in the call that the victim is in. */
  status(): MemberStatus {
    const status = ownStatus(this.world.page(this.victim).state);
    // While the victim is away, it goes on with what was said before.
    if (status.session !== null) this.copied = { ...status, camera: true };
    return this.copied ?? status;
  }

  call(page: Page): string {
    const { call } = page.state;
    return call.kind === 'active' ? call.id : (this.status().call ?? 'a-call-of-its-own');
  }

  /** Of the link between the two, whose name it knows. */
  connection(page: Page): string {
    return linkOf(page)?.connection ?? `${LIAR}-${this.counter}`;
  }

  sdp(): string {
    this.counter += 1;
    const made: Sdp = {
      id: `${LIAR}-${this.counter}`,
      answers: null,
      connection: LIAR,
      ufrag: `${LIAR}-${this.counter}`,
      epoch: 0,
    };
    this.world.descriptions.set(textOf(made), made);
    return textOf(made);
  }

  name(): string {
    this.counter += 1;
    return `${LIAR}-${this.counter}`;
  }

  proof(): string {
    return this.proofs.at(-1) ?? 'no proof';
  }

  private connect(): void {
    const { clock, random, relay } = this.world;
    const socket = openSocket(clock, random, relay, {
      received: (message) => this.hear(message),
      closed: () => {
        this.socket = this.self = null;
        // Often before those who are really meant.
        clock.after(random.between(1, 1_500), () => this.connect());
      },
    });
    this.socket = socket;
    const status = writeStatus(this.status());
    socket.sendToRelay({ type: 'room:join', room: 'room', email: this.victim, status });
  }

  private hear(message: ServerMessage): void {
    if (message.type === 'room:joined') this.self = message.self.id;
    if (message.type !== 'peer:nego:needed') return;
    const proof = /"proof":"(\w+)"/u.exec(message.payload)?.[1];
    if (proof !== undefined) this.proofs.push(proof);
  }

  private direct({ state: { room } }: Page, message: CallMessage): void {
    if (room.kind !== 'inside') return;
    const type: DirectedKind = message.type === 'peer:returned' ? 'peer:nego:needed' : message.type;
    this.say({ type, to: room.self, payload: writePayload(message) });
  }

  private say(message: Parameters<Socket['sendToRelay']>[0]): void {
    if (this.self !== null) this.socket?.sendToRelay(message);
  }
}

type Lie = (liar: Liar, page: Page) => readonly CallMessage[];

const media = { microphone: true, camera: true } as const;

const LIES: readonly [Lie, ...Lie[]] = [
  (liar, page) => [callOf(liar, page, liar.name(), 1)],
  (liar, page) => [callOf(liar, page, liar.connection(page), 9)],
  (liar, page) => [
    {
      type: 'call:accepted',
      call: liar.call(page),
      connection: liar.connection(page),
      serial: null,
      answer: { type: 'answer', sdp: liar.sdp() },
      media,
    },
  ],
  (liar, page) => [
    {
      type: 'peer:nego:needed',
      call: liar.call(page),
      connection: liar.connection(page),
      serial: 99,
      offer: { type: 'offer', sdp: liar.sdp() },
    },
  ],
  (liar, page) => [
    {
      type: 'peer:nego:done',
      call: liar.call(page),
      connection: liar.connection(page),
      serial: null,
      answer: { type: 'answer', sdp: liar.sdp() },
    },
  ],
  (liar, page) => [
    {
      type: 'peer:returned',
      call: liar.call(page),
      connection: liar.connection(page),
      proof: liar.proof(),
      waits: true,
    },
    {
      type: 'peer:nego:needed',
      call: liar.call(page),
      connection: liar.connection(page),
      serial: 99,
      offer: { type: 'offer', sdp: liar.sdp() },
    },
  ],
  (liar, page) => [{ type: 'call:ended', call: liar.call(page), reason: 'hung-up' }],
  (liar, page) => [
    {
      type: 'call:declined',
      call: liar.call(page),
      connection: liar.connection(page),
      reason: 'busy',
    },
  ],
  (liar, page) => [
    {
      type: 'peer:candidate',
      call: liar.call(page),
      connection: liar.connection(page),
      candidate: { candidate: 'a way that works', usernameFragment: LIAR },
    },
  ],
];

function callOf(liar: Liar, page: Page, connection: string, serial: number): CallMessage {
  const offer = { type: 'offer', sdp: liar.sdp() } as const;
  return { type: 'user:call', call: liar.call(page), connection, serial, offer, media };
}

function linkOf({ state: { call } }: Page): Link | undefined {
  return call.kind === 'active' ? call.links[0] : undefined;
}
