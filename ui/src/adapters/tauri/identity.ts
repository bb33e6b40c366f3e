// The long-lived identity in the shell's file.

import { invoke } from '@tauri-apps/api/core';

import type { IdentityPort } from '../../ports';
import { explaining } from './error';
import type { IdentityAnswer, IdentityRequest } from './ipc';

export function tauriIdentity(): IdentityPort {
  return {
    async sign(room, session) {
      const answer = await request({ kind: 'sign', room, session });
      if (answer.kind !== 'signed') throw new Error('The shell signs nothing.');
      const { key, signature } = answer;
      return { key, signature };
    },
    async pins() {
      const answer = await request({ kind: 'pins' });
      return answer.kind === 'pins' ? answer.pins : [];
    },
    async keep(pin) {
      await request({ kind: 'keep', pin });
    },
    async block(key, blocked) {
      await request({ kind: 'block', key, blocked });
    },
    async forget(email) {
      await request({ kind: 'forget', email });
    },
    async renew() {
      await request({ kind: 'renew' });
    },
  };
}

function request(wish: IdentityRequest): Promise<IdentityAnswer> {
  return explaining(invoke<IdentityAnswer>('identity_request', { request: wish }));
}
