// The call status as a sentence, with its severity.

import type { PeerId } from '../../engine/state';
import { texts } from '../../text/texts';
import type { Participant } from './participants';

export interface CallStatus {
  /** A sentence with isolates. */
  readonly words: string;
  /** `calm` may fade with the controls; `waiting` and `trouble` stay in sight. */
  readonly mood: 'calm' | 'waiting' | 'trouble';
}

export function callStatus(
  call: 'starting' | 'active',
  participants: readonly Participant[],
  weak: ReadonlySet<PeerId>,
): CallStatus {
  const words = texts.call.status;
  if (call === 'starting') return { words: words.starting, mood: 'waiting' };
  const names = (phase: Participant['phase']) =>
    participants.filter((one) => one.phase === phase).map(({ name }) => name);

  const reconnecting = names('reconnecting');
  if (reconnecting.length > 0) {
    return { words: words.reconnecting(reconnecting), mood: 'trouble' };
  }
  const connecting = names('connecting');
  if (connecting.length > 0) {
    return { words: words.connecting(connecting), mood: 'waiting' };
  }
  const connected = participants.filter(({ phase }) => phase === 'connected');
  const calling = names('calling');
  if (connected.length === 0) {
    return calling.length === 0
      ? { words: words.nobody, mood: 'waiting' }
      : { words: words.calling(calling), mood: 'waiting' };
  }
  const suffering = connected.filter(({ peer }) => weak.has(peer)).map(({ name }) => name);
  if (suffering.length > 0) return { words: weakWords(suffering), mood: 'trouble' };
  return { words: words.connected, mood: 'calm' };
}

function weakWords(names: readonly string[]): string {
  const [only] = names;
  if (names.length === 1 && only !== undefined) {
    return texts.call.status.weakOne(only);
  }
  return texts.call.status.weak(names);
}
