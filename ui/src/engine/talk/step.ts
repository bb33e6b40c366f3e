// The `talk` channels: what peers say there, checked where it enters.
//
// Invariant: a peer that sends too much or nonsense is muted, and this person is told once;
// everything else goes on.

import type { PeerId } from '../ids';
import { peerOf } from '../peer/queries';
import { notify, type StepContext } from '../step-context';
import { readTalk, type TalkMessage } from '../wire/talk-message';
import type { TalkEvent } from './events';
import { newQuota, spend } from './quota';
import type { TalkChannel } from './state';

const COST = { message: 1, unknown: 1, malformed: 15 };

export function handleTalkEvent(context: StepContext, event: TalkEvent): void {
  if (peerOf(context, event.peer) === null) return;
  switch (event.type) {
    case 'talk-opened':
      setChannel(context, event.peer, { quota: newQuota(event.at), reading: 'open' });
      return context.raise({ type: 'talk-ready', peer: event.peer });
    case 'talk-message':
      return handleText(context, event);
  }
}

/** Channels of peers that have left the call are forgotten. */
export function forgetTalk(context: StepContext): void {
  const { call, talk } = context.state;
  const here = call.kind === 'active' ? call.peers.map(({ id }) => id) : [];
  if (Object.keys(talk).every((peer) => here.includes(peer))) return;
  const kept = Object.entries(talk).filter(([peer]) => here.includes(peer));
  context.state = { ...context.state, talk: Object.fromEntries(kept) };
}

function handleText(
  context: StepContext,
  { peer, at, text }: Extract<TalkEvent, { type: 'talk-message' }>,
): void {
  const channel = context.state.talk[peer];
  if (channel === undefined || channel.reading === 'muted') return;
  const read = text === null ? ({ kind: 'malformed' } as const) : readTalk(text);
  const quota = spend(channel.quota, at, COST[read.kind]);
  if (quota === null) return mute(context, peer, channel);
  setChannel(context, peer, { ...channel, quota });
  if (read.kind === 'message') handleMessage(context, peer, read.message);
}

function handleMessage(context: StepContext, peer: PeerId, message: TalkMessage): void {
  switch (message.type) {
    case 'video-demand': {
      const { camera, screen } = message;
      return context.raise({ type: 'peer-demand', peer, demand: { camera, screen } });
    }
  }
}

function mute(context: StepContext, peer: PeerId, channel: TalkChannel): void {
  setChannel(context, peer, { ...channel, reading: 'muted' });
  const email = peerOf(context, peer)?.email;
  if (email !== undefined) notify(context, { code: 'talk-muted', email }, null);
}

function setChannel(context: StepContext, peer: PeerId, channel: TalkChannel): void {
  context.state = { ...context.state, talk: { ...context.state.talk, [peer]: channel } };
}
