// The two ways between the call and the transfers, which run beside it (runtime/files.ts) and are
// loaded when first needed: what this page says about files, and what members say.

import { isBlocked } from '../blocking/queries';
import { emit, type StepContext } from '../step-context';
import { sayTo } from '../talk/commands';
import type { Heard } from '../talk/events';
import type { FileSayEvent } from './say-event';
import type { FileMessage } from '../wire/talk/files';

export function handleFileSay(context: StepContext, { to, message }: FileSayEvent): void {
  sayTo(context, to, message);
}

/**
 * An offer of a blocked person is refused without asking. What was accepted before goes on, and so does
 * what this person sends.
 */
export function handleFileHeard(context: StepContext, { from, message }: Heard<FileMessage>): void {
  if (message.type === 'file-offer' && isBlocked(context.state, from)) {
    const { transfer } = message;
    sayTo(context, from, { type: 'file-refuse', transfer, reason: 'declined' });
    return;
  }
  emit(context, { type: 'file-heard', from, message });
}
