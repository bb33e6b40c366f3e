// `RTCRtpTransceiver` (W3C webrtc-pc, 5.4): a sender and a receiver that share an m-line.
//
// Invariant: the JSEP state holds everything negotiated; this class holds only the API objects.

import type { Transceiver } from '../jsep/state.ts';
import { setDirection, setPreferences } from '../jsep/transceivers.ts';
import type { ReceivedTrack } from '../ports.ts';
import { readPreferences } from './capabilities.ts';
import type { ConnectionContext } from './connection-context.ts';
import { closedError, illegalConstructor } from './error.ts';
import type { Encodings } from './parameters.ts';
import { RtpReceiver } from './rtp-receiver.ts';
import { RtpSender, senderControl, type SenderControl } from './rtp-sender.ts';
import { ports } from './environment.ts';

const DIRECTIONS = ['sendrecv', 'sendonly', 'recvonly', 'inactive'] as const;

interface TransceiverInit {
  readonly context: ConnectionContext;
  readonly made: Transceiver;
  readonly track: MediaStreamTrack | null;
  readonly encodings: Encodings;
  /** The connection's part of `stop()`. */
  readonly stop: (transceiver: RtpTransceiver) => void;
}

/** Methods for the connection only. */
export interface TransceiverControl {
  readonly id: number;
  readonly sender: SenderControl;
  readonly received: ReceivedTrack;
  /** Whether it was ever used to send (W3C webrtc-pc, 5.1, `addTrack`). */
  hasSent: boolean;
  /** Stops sending and receiving, also before the negotiation says so. */
  end(): void;
}

const controls = new WeakMap<RtpTransceiver, TransceiverControl>();

export function transceiverControl(transceiver: RtpTransceiver): TransceiverControl {
  const control = controls.get(transceiver);
  if (control === undefined) throw illegalConstructor();
  return control;
}

export class RtpTransceiver {
  readonly #init: TransceiverInit;
  readonly #sender: RtpSender;
  readonly #receiver: RtpReceiver;

  constructor(init: TransceiverInit) {
    if (init?.context === undefined) throw illegalConstructor();
    const { context, made, track, encodings } = init;
    const { id, kind } = made;
    const received = ports().media.receive(kind, id);
    this.#init = init;
    this.#sender = new RtpSender({ context, transceiver: id, kind, track, encodings });
    this.#receiver = new RtpReceiver({ context, transceiver: id, kind, received });
    const sender = senderControl(this.#sender);
    let isOver = false;
    controls.set(this, {
      id,
      sender,
      received,
      hasSent: false,
      end: () => {
        if (isOver) return;
        isOver = true;
        sender.sync();
        sender.close();
        received.end();
      },
    });
  }

  get mid(): string | null {
    return this.#state?.negotiated.mid ?? null;
  }

  get sender(): RtpSender {
    return this.#sender;
  }

  get receiver(): RtpReceiver {
    return this.#receiver;
  }

  get direction(): RTCRtpTransceiverDirection {
    const state = this.#state;
    return state === undefined || state.life !== 'live' ? 'stopped' : state.direction;
  }

  set direction(direction: RTCRtpTransceiverDirection) {
    const { context, made } = this.#init;
    if (direction === 'stopped') throw new TypeError('stop() stops a transceiver.');
    const parsed = DIRECTIONS.find((one) => one === direction);
    // WebIDL, 3.3.11: a setter ignores values outside of the enumeration.
    if (parsed === undefined) return;
    if (context.isClosed()) throw closedError();
    if (this.#state?.life !== 'live') throw stopped();
    if (parsed === this.#state.direction) return;
    context.change((jsep) => setDirection(jsep, made.id, parsed));
  }

  get currentDirection(): RTCRtpTransceiverDirection | null {
    const state = this.#state;
    if (state === undefined || state.life === 'stopped') return 'stopped';
    return state.negotiated.currentDirection;
  }

  get stopped(): boolean {
    return this.direction === 'stopped';
  }

  stop(): void {
    const { context, stop } = this.#init;
    if (context.isClosed()) throw closedError();
    if (this.#state?.life === 'live') stop(this);
  }

  setCodecPreferences(codecs: Iterable<RTCRtpCodec>): void {
    const { context, made } = this.#init;
    const preferences = readPreferences(made.kind, codecs);
    context.change((jsep) => setPreferences(jsep, made.id, preferences));
  }

  get #state(): Transceiver | undefined {
    return this.#init.context.transceiver(this.#init.made.id);
  }
}

function stopped(): DOMException {
  return new DOMException('The transceiver is stopped.', 'InvalidStateError');
}
