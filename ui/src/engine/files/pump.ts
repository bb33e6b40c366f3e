// Which block of which file has its turn.
//
// Invariant: nothing starts while the line is busy or a transfer is held. A few files are sent at
// once; the others wait in the order in which they were chosen.

import { blockCount } from './block';
import { hasBlock } from './block-set';
import { ask, setSending, type FilesContext } from './context';
import type { Pipeline, Sending } from './state';

/** Blocks that were sent and are not acknowledged. */
const MAX_UNKEPT = 2;
/** With those whose hash alone was sent. */
const MAX_TURNS = 64;
const MAX_AT_ONCE = 4;

export function pump(context: FilesContext): void {
  if (context.state.pacing.line === 'busy') return;
  let running = 0;
  for (const sending of context.state.sending) {
    if (running >= MAX_AT_ONCE) return;
    if (sending.state.kind !== 'open' || sending.holds.length > 0) continue;
    running += 1;
    advance(context, sending, sending.state.pipeline);
  }
}

function advance(context: FilesContext, sending: Sending, before: Pipeline): void {
  if (sending.state.kind !== 'open' || before.pushing !== null) return;
  const turn = nextTurn(sending, before);
  if (turn === null) return finish(context, sending, before);
  const sent = before.unkept.filter(({ content }) => content === 'pieces').length;
  if (before.unkept.length >= MAX_TURNS || (turn.content === 'pieces' && sent >= MAX_UNKEPT)) {
    return;
  }
  const { transfer, source, state } = sending;
  const { block, content } = turn;
  const pipeline: Pipeline = {
    ...before,
    next: Math.max(before.next, block + 1),
    again: before.again.filter((one) => one !== block),
    pushing: block,
    unkept: [...before.unkept, turn],
  };
  setSending(context, { ...sending, state: { ...state, pipeline } });
  ask(context, { type: 'block-push', transfer, source, block, content });
}

function nextTurn(
  { file, kept }: Sending,
  { next, again }: Pipeline,
): Pipeline['unkept'][number] | null {
  const [wanted] = again;
  if (wanted !== undefined) return { block: wanted, content: 'pieces' };
  if (next >= blockCount(file.size)) return null;
  return { block: next, content: hasBlock(kept, next) ? 'hash' : 'pieces' };
}

function finish(context: FilesContext, sending: Sending, pipeline: Pipeline): void {
  const { transfer, source, state } = sending;
  if (state.kind !== 'open' || pipeline.unkept.length > 0 || pipeline.root === 'sent') return;
  setSending(context, { ...sending, state: { ...state, pipeline: { ...pipeline, root: 'sent' } } });
  ask(context, { type: 'root-push', transfer, source });
}
