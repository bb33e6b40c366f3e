// An impostor: a third member that claims another member's session and call, offers connections
// under known names, and replays proofs.
//
// Invariant: its connections are outside the simulation, so `isHeard` sees each page that sets one
// of its descriptions.

import { writePayload, type CallMessage } from '../wire/call-message';
import type { Peer, MemberStatus } from '../state';
import { ownStatus } from '../room/queries';
import { writeStatus } from '../wire/status';
import type { DirectedKind, MemberId, ServerMessage } from '../../protocol/wire';
import { MIDS, SECTIONS, textOf, type Sdp } from './connection';
import type { Page } from './page';
import { openSocket, type Socket } from './socket';
import type { Simulation } from './simulation';

const IMPOSTOR = 'impostor';

export class Impostor {
  private socket: Socket | null = null;
  private self: MemberId | null = null;
  private readonly proofs: string[] = [];
  private copied: MemberStatus | null = null;
  private counter = 0;

  constructor(
    private readonly simulation: Simulation,
    /** The member with the claimed session. */
    private readonly victim: string,
  ) {
    this.connect();
  }

  /** Whether any page has set a description of the impostor. */
  get isHeard(): boolean {
    return [...this.simulation.pages.values()].some((page) =>
      [...page.connections.values()].some(({ remote }) => remote?.connection === IMPOSTOR),
    );
  }

  get id(): MemberId | null {
    return this.self;
  }

  /** Sends one random forged message. */
  forge(to: string): void {
    const { random } = this.simulation;
    const page = this.simulation.page(to);
    this.say({ type: 'user:status', status: writeStatus(this.status()) });
    for (const message of random.pick(FORGERIES)(this, page)) this.direct(page, message);
  }

  /** The status of the victim, with its call. */
  status(): MemberStatus {
    const status = ownStatus(this.simulation.page(this.victim).state);
    // While the victim is away, the impostor keeps the last status.
    if (status.session !== null) this.copied = { ...status, camera: true };
    return this.copied ?? status;
  }

  call(page: Page): string {
    const { call } = page.state;
    return call.kind === 'active' ? call.id : (this.status().call ?? 'a-call-of-its-own');
  }

  /** The connection name of the two members; the impostor knows it. */
  connection(page: Page): string {
    return peerOf(page)?.connection ?? `${IMPOSTOR}-${this.counter}`;
  }

  sdp(): string {
    this.counter += 1;
    const made: Sdp = {
      id: `${IMPOSTOR}-${this.counter}`,
      answers: null,
      connection: IMPOSTOR,
      ufrag: `${IMPOSTOR}-${this.counter}`,
      epoch: 0,
      sections: SECTIONS,
      mids: MIDS,
    };
    this.simulation.descriptions.set(textOf(made), made);
    return textOf(made);
  }

  name(): string {
    this.counter += 1;
    return `${IMPOSTOR}-${this.counter}`;
  }

  proof(): string {
    return this.proofs.at(-1) ?? 'no proof';
  }

  private connect(): void {
    const { clock, random, relay } = this.simulation;
    const socket = openSocket(clock, random, relay, {
      received: (message) => this.hear(message),
      closed: () => {
        this.socket = this.self = null;
        // Often before the real member.
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

type Lie = (impostor: Impostor, page: Page) => readonly CallMessage[];

const media = { microphone: true, camera: true } as const;

const FORGERIES: readonly [Lie, ...Lie[]] = [
  (impostor, page) => [callOf(impostor, page, impostor.name(), 1)],
  (impostor, page) => [callOf(impostor, page, impostor.connection(page), 9)],
  (impostor, page) => [
    {
      type: 'call:accepted',
      call: impostor.call(page),
      connection: impostor.connection(page),
      serial: null,
      answer: { type: 'answer', sdp: impostor.sdp(), mids: MIDS },
      media,
    },
  ],
  (impostor, page) => [
    {
      type: 'peer:nego:needed',
      call: impostor.call(page),
      connection: impostor.connection(page),
      serial: 99,
      offer: { type: 'offer', sdp: impostor.sdp(), mids: MIDS },
    },
  ],
  (impostor, page) => [
    {
      type: 'peer:nego:done',
      call: impostor.call(page),
      connection: impostor.connection(page),
      serial: null,
      answer: { type: 'answer', sdp: impostor.sdp(), mids: MIDS },
    },
  ],
  (impostor, page) => [
    {
      type: 'peer:returned',
      call: impostor.call(page),
      connection: impostor.connection(page),
      proof: impostor.proof(),
      waits: true,
    },
    {
      type: 'peer:nego:needed',
      call: impostor.call(page),
      connection: impostor.connection(page),
      serial: 99,
      offer: { type: 'offer', sdp: impostor.sdp(), mids: MIDS },
    },
  ],
  (impostor, page) => [{ type: 'call:ended', call: impostor.call(page), reason: 'hung-up' }],
  (impostor, page) => [
    {
      type: 'call:declined',
      call: impostor.call(page),
      connection: impostor.connection(page),
      reason: 'busy',
    },
  ],
  (impostor, page) => [
    {
      type: 'peer:candidate',
      call: impostor.call(page),
      connection: impostor.connection(page),
      candidate: { candidate: 'a way that works', usernameFragment: IMPOSTOR },
    },
  ],
];

function callOf(impostor: Impostor, page: Page, connection: string, serial: number): CallMessage {
  const offer = { type: 'offer', sdp: impostor.sdp(), mids: MIDS } as const;
  const of = { called: null, kind: 'video', media } as const;
  return { type: 'user:call', call: impostor.call(page), connection, serial, offer, ...of };
}

function peerOf({ state: { call } }: Page): Peer | undefined {
  return call.kind === 'active' ? call.peers[0] : undefined;
}
