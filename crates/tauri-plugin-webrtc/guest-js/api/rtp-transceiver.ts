// `RTCRtpTransceiver` (W3C webrtc-pc, 5.4): a sender and a receiver that share an m-line.
//
// Invariant: all that is negotiated about it is in the negotiation's state; here are its objects.

import type { Transceiver } from '../jsep/state.ts';
import { setDirection, setPreferences } from '../jsep/transceivers.ts';
import type { ReceivedTrack } from '../ports.ts';
import { readPreferences } from './capabilities.ts';
import type { ConnectionContext } from './connection-context.ts';
import { closedError, illegalConstructor } from './error.ts';
import type { Encoding } from './parameters.ts';
import { RtpReceiver } from './rtp-receiver.ts';
import { RtpSender, senderControl, type SenderControl } from './rtp-sender.ts';
import { ports } from './environment.ts';

const DIRECTIONS = ['sendrecv', 'sendonly', 'recvonly', 'inactive'] as const;

interface TransceiverInit {
  readonly core: ConnectionContext;
  readonly made: Transceiver;
  readonly track: MediaStreamTrack | null;
  readonly encoding: Encoding;
  /** `stop()` as the connection does it. */
  readonly stop: (transceiver: RtpTransceiver) => void;
}

/** What only its connection may do with a transceiver. */
export interface TransceiverControl {
  readonly id: number;
  readonly sender: SenderControl;
  readonly received: ReceivedTrack;
  /** Whether anything was ever sent on it (W3C webrtc-pc, 5.1, `addTrack`). */
  hasSent: boolean;
  /** Sends and receives nothing any more; the negotiation may not know it yet. */
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
    if (init?.core === undefined) throw illegalConstructor();
    const { core, made, track, encoding } = init;
    const { id, kind } = made;
    const received = ports().media.receive(kind, id);
    this.#init = init;
    this.#sender = new RtpSender({ core, transceiver: id, kind, track, encoding });
    this.#receiver = new RtpReceiver({ core, transceiver: id, kind, track: received.track });
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
    const { core, made } = this.#init;
    if (direction === 'stopped') throw new TypeError('stop() stops a transceiver.');
    const wished = DIRECTIONS.find((one) => one === direction);
    // WebIDL, 3.3.11: what is no value of the enumeration is not set.
    if (wished === undefined) return;
    if (core.isClosed()) throw closedError();
    if (this.#state?.life !== 'live') throw stopped();
    if (wished === this.#state.direction) return;
    core.change((jsep) => setDirection(jsep, made.id, wished));
  }

  get currentDirection(): RTCRtpTransceiverDirection | null {
    const state = this.#state;
    if (state === undefined || state.life === 'stopped') return 'stopped';
    return state.negotiated.currentDirection;
  }

  stop(): void {
    const { core, stop } = this.#init;
    if (core.isClosed()) throw closedError();
    if (this.#state?.life === 'live') stop(this);
  }

  setCodecPreferences(codecs: Iterable<RTCRtpCodec>): void {
    const { core, made } = this.#init;
    const preferences = readPreferences(made.kind, codecs);
    core.change((jsep) => setPreferences(jsep, made.id, preferences));
  }

  get #state(): Transceiver | undefined {
    return this.#init.core.transceiver(this.#init.made.id);
  }
}

function stopped(): DOMException {
  return new DOMException('The transceiver is stopped.', 'InvalidStateError');
}
