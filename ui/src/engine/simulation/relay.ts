// A fake relay with one room (docs/protocol.md): ids, order, status, resume with a backlog.
//
// Invariant: it never reads a payload, and delivers nothing twice.

import type {
  ClientMessage,
  Directed,
  LeaveReason,
  MemberId,
  Participant,
  ServerMessage,
} from '../../protocol/wire';
import { DELIVERED_AS } from '../wire/call-message';
import type { Clock } from './clock';
import type { Random } from './random';
import type { RelayEnd, Socket, SocketEnd } from './socket';

/** A place is kept for so long: a reload is back soon, a broken line may take a while. */
const GRACE_MS: Readonly<Record<SocketEnd, number>> = { 'going-away': 5_000, broken: 30_000 };
/** Without a socket for so long, a member is told lost. */
const LOST_MS = 2_000;
const BACKLOG = 64;

interface Seat {
  readonly id: MemberId;
  readonly email: string;
  status: string | undefined;
  token: string;
  socket: Socket | null;
  backlog: ServerMessage[];
  /** The same for all pages of one browser. */
  readonly device: string | undefined;
  presence: 'here' | 'lost';
  /** Cancels what follows from a lost socket. */
  giveUp: (() => void) | null;
}

export interface Relay extends RelayEnd {
  /** Restarts: closes all sockets and forgets all state. */
  restart(): void;
  /** Delivers an old message again. */
  replay(index: number): void;
  readonly said: readonly Said[];
}

interface Said {
  readonly from: MemberId;
  readonly to: MemberId;
  readonly message: ServerMessage;
}

export function fakeRelay(clock: Clock, random: Random): Relay {
  let seats: Seat[] = [];
  const said: Said[] = [];

  const deliver = (seat: Seat, message: ServerMessage): void => {
    if (seat.socket !== null) return seat.socket.sendToClient(message);
    seat.backlog.push(message);
    if (seat.backlog.length > BACKLOG) remove(seat, 'lost');
  };
  const broadcast = (from: Seat, message: ServerMessage): void => {
    for (const seat of seats.filter((other) => other !== from)) deliver(seat, message);
  };
  const remove = (seat: Seat, reason: LeaveReason): void => {
    if (!seats.includes(seat)) return;
    seats = seats.filter((other) => other !== seat);
    seat.giveUp?.();
    broadcast(seat, { type: 'user:left', id: seat.id, reason });
  };
  const lose = (seat: Seat, end: SocketEnd): void => {
    const cancels = [
      clock.after(LOST_MS, () => {
        seat.presence = 'lost';
        broadcast(seat, { type: 'user:lost', id: seat.id });
      }),
      clock.after(GRACE_MS[end], () => remove(seat, 'lost')),
    ];
    seat.giveUp = () => {
      for (const cancel of cancels) cancel();
    };
  };
  const setStatus = (seat: Seat, status: string): void => {
    seat.status = status;
    broadcast(seat, { type: 'user:status', from: seat.id, status });
  };
  const seatOf = (socket: Socket): Seat | undefined => seats.find((seat) => seat.socket === socket);

  const welcome = (seat: Seat, socket: Socket, resumed: boolean): void => {
    seat.socket = socket;
    seat.token = random.id();
    socket.sendToClient({
      type: 'room:joined',
      self: { id: seat.id, email: seat.email },
      room: 'room',
      participants: seats.filter((other) => other !== seat).map(participant),
      iceServers: [],
      iceTtl: 0,
      resume: seat.token,
      resumed,
      limits: { participants: 12, messageBytes: 65_536 },
    });
  };

  const join = (socket: Socket, message: Extract<ClientMessage, { type: 'room:join' }>): void => {
    const kept = seats.find((seat) => seat.token === message.resume);
    if (kept !== undefined) {
      kept.socket?.close();
      kept.giveUp?.();
      kept.giveUp = null;
      const backlog = kept.backlog.splice(0);
      welcome(kept, socket, true);
      for (const missed of backlog) socket.sendToClient(missed);
      if (kept.presence === 'lost') broadcast(kept, { type: 'user:back', id: kept.id });
      kept.presence = 'here';
      if (message.status !== undefined && message.status !== kept.status) {
        setStatus(kept, message.status);
      }
      return;
    }
    const seat: Seat = {
      id: random.id(),
      email: message.email,
      status: message.status,
      token: '',
      socket: null,
      backlog: [],
      device: message.device,
      presence: 'here',
      giveUp: null,
    };
    const ghosts = seats.filter(
      ({ device, socket: old }) => device !== undefined && device === seat.device && old === null,
    );
    seats = [...seats.filter((other) => !ghosts.includes(other)), seat];
    welcome(seat, socket, false);
    for (const { id, giveUp } of ghosts) {
      giveUp?.();
      broadcast(seat, { type: 'user:left', id, reason: 'lost', replacedBy: seat.id });
    }
    broadcast(seat, { type: 'user:joined', user: participant(seat) });
  };

  const direct = (from: Seat, { type, to, payload }: Directed): void => {
    const seat = seats.find((other) => other.id === to);
    if (seat === undefined) {
      const error = { code: 'no-such-user', message: 'Nobody of that id is here.' } as const;
      return from.socket?.sendToClient({ type: 'error', ...error, about: type });
    }
    const message = { type: DELIVERED_AS[type], from: from.id, payload };
    said.push({ from: from.id, to, message });
    deliver(seat, message);
  };

  return {
    said,
    received(socket, message) {
      if (message.type === 'room:join') return join(socket, message);
      const seat = seatOf(socket);
      if (seat === undefined) return;
      switch (message.type) {
        case 'room:leave':
          remove(seat, 'left');
          return socket.sendToClient({ type: 'room:left' });
        case 'user:status':
          return setStatus(seat, message.status);
        case 'ice:refresh':
          return socket.sendToClient({ type: 'ice:servers', iceServers: [], iceTtl: 0 });
        case 'ping':
          return socket.sendToClient({ type: 'pong' });
        case 'user:call':
        case 'call:accepted':
        case 'call:declined':
        case 'call:ended':
        case 'peer:nego:needed':
        case 'peer:nego:done':
        case 'peer:candidate':
        case 'user:message':
          return direct(seat, message);
      }
    },
    closed(socket, end) {
      const seat = seatOf(socket);
      if (seat === undefined) return;
      seat.socket = null;
      lose(seat, end);
    },
    restart() {
      const sockets = seats.map((seat) => seat.socket);
      for (const seat of seats) seat.giveUp?.();
      seats = [];
      for (const socket of sockets) socket?.close();
    },
    replay(index) {
      const old = said[index];
      const seat = seats.find((other) => other.id === old?.to);
      if (old !== undefined && seat !== undefined) deliver(seat, old.message);
    },
  };
}

function participant({ id, email, status, presence }: Seat): Participant {
  const lost = presence === 'lost' ? { lost: true } : {};
  return status === undefined ? { id, email, ...lost } : { id, email, status, ...lost };
}
