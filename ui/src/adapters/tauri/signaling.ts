// Signaling through the shell, which holds the only socket of the app.
//
// Invariant: commands reach the shell in order. A refused command does not block the next.

import { Channel, invoke } from '@tauri-apps/api/core';

import type { RelayEvent } from '../../engine/event';
import type { SignalingPort } from '../../ports';
import { reasonOf } from './error';
import type { JoinRequest, SignalingEvent as ShellEvent } from './ipc';

export function tauriSignaling(): SignalingPort {
  let listener: ((event: RelayEvent) => void) | null = null;
  let commands: Promise<void> = Promise.resolve();

  const order = (
    command: string,
    payload: Record<string, unknown>,
    refused: (error: unknown) => void = () => undefined,
  ): void => {
    commands = commands.then(() => invoke<void>(command, payload)).catch(refused);
  };

  return {
    listen(heard) {
      listener = heard;
      const channel = new Channel<ShellEvent>((event) => heard(eventOf(event)));
      order('signaling_listen', { channel });
    },
    join({ relay, room, email, proof }, status, device) {
      const request: JoinRequest = { relay, room, email, status, device, proof };
      order('signaling_join', { request }, (error) => {
        listener?.({ type: 'signaling-failed', field: 'relay', reason: reasonOf(error) });
      });
    },
    leave() {
      order('signaling_leave', {});
    },
    send(message) {
      order('signaling_send', { frame: JSON.stringify(message) });
    },
  };
}

function eventOf(event: ShellEvent): RelayEvent {
  switch (event.kind) {
    case 'connecting':
      return { type: 'signaling-connecting' };
    case 'connected':
      return { type: 'signaling-connected' };
    case 'waiting':
      return { type: 'signaling-waiting', reason: { code: 'shell-error', fault: event.reason } };
    case 'failed':
      return {
        type: 'signaling-failed',
        field: event.field,
        reason: { code: 'shell-error', fault: event.reason },
      };
    case 'message':
      return { type: 'signaling-message', message: event.message, at: Date.now() };
  }
}
