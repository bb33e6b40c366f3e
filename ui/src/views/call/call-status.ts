// The call status as a sentence, with its severity.

import type { PeerId } from '../../engine/state';
import { nameList } from '../../engine/person-name';
import { isolate } from '../../engine/sentence';
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
  if (call === 'starting') return { words: 'Starting…', mood: 'waiting' };
  const names = (phase: Participant['phase']) =>
    participants.filter((one) => one.phase === phase).map(({ name }) => name);

  const reconnecting = names('reconnecting');
  if (reconnecting.length > 0) {
    return { words: `Reconnecting to ${nameList(reconnecting)}…`, mood: 'trouble' };
  }
  const connecting = names('connecting');
  if (connecting.length > 0) {
    return { words: `Connecting to ${nameList(connecting)}…`, mood: 'waiting' };
  }
  const connected = participants.filter(({ phase }) => phase === 'connected');
  const calling = names('calling');
  if (connected.length === 0) {
    return calling.length === 0
      ? { words: 'Nobody else is in the call', mood: 'waiting' }
      : { words: `Calling ${nameList(calling)}…`, mood: 'waiting' };
  }
  const suffering = connected.filter(({ peer }) => weak.has(peer)).map(({ name }) => name);
  if (suffering.length > 0) return { words: weakWords(suffering), mood: 'trouble' };
  return { words: 'Connected', mood: 'calm' };
}

function weakWords(names: readonly string[]): string {
  const [only] = names;
  if (names.length === 1 && only !== undefined) {
    return `${isolate(only)}’${only.endsWith('s') ? '' : 's'} connection is weak`;
  }
  return `The connections to ${nameList(names)} are weak`;
}
