// The own screen share: asked for, shown, paused, ended; and what others' shares are announced as.
//
// Invariant: a share belongs to one call and ends with it. A person who closes the picker is told
// nothing; a failure is said. What is to be shared in part is not sent before the part is chosen.

import type { ScreenRefusedEvent } from '../peer/events';
import { peerOf, peerToMember } from '../peer/queries';
import type { RoomFact } from '../room/events';
import type { State } from '../state';
import { emit, notify, say, type StepContext } from '../step-context';
import type { ShareEvent, SharePersonEvent } from './events';
import { contentOf, screenStatus } from './queries';
import type { Region } from './region';
import type { Extent, SharedScreen, ShareState } from './state';

export function handleShareWish(context: StepContext, event: SharePersonEvent): void {
  const { share } = context.state;
  switch (event.type) {
    case 'share-given-up':
      if (share.kind === 'asking') stop(context);
      return;
    case 'share-toggled':
      return toggle(context, share);
    case 'share-part-asked':
      if (share.kind === 'off') ask(context, 'part');
      return;
    case 'share-region-chosen':
      if (share.kind === 'on') frame(context, share, event.region);
      return;
    case 'share-pause-toggled':
      if (share.kind !== 'on' || share.flow === 'framing') return;
      setShare(context, { ...share, flow: share.flow === 'live' ? 'paused' : 'live' });
      return emit(context, { type: 'share', ask: share.flow === 'live' ? 'pause' : 'resume' });
    case 'share-content-chosen':
      if (share.kind !== 'on') return;
      return setContent(context, share, { ...share, choice: event.choice });
  }
}

export function handleShareEvent(context: StepContext, event: ShareEvent): void {
  const { share } = context.state;
  switch (event.type) {
    case 'share-started': {
      if (share.kind !== 'asking') return;
      const { surface, audio } = event;
      const isWhole = share.extent === 'whole';
      const begun = {
        flow: isWhole ? 'live' : 'framing',
        region: null,
        surface,
        audio,
        choice: 'automatic',
        measured: 'text',
      } as const;
      setShare(context, { kind: 'on', ...begun });
      if (!isWhole) return;
      return say(context, { code: 'own-screen', is: 'shared' }, null);
    }
    case 'share-refused':
      if (share.kind === 'asking') setShare(context, { kind: 'off' });
      return;
    case 'share-failed':
      if (share.kind === 'off') return;
      setShare(context, { kind: 'off' });
      return notify(context, { code: 'share-failed', problem: event.problem }, null);
    case 'share-ended':
      if (share.kind === 'off') return;
      setShare(context, { kind: 'off' });
      return notify(context, { code: 'own-screen', is: 'stopped' }, null);
    case 'share-audio-ended':
      if (share.kind === 'on') setShare(context, { ...share, audio: 'off' });
      return;
    case 'share-measured':
      if (share.kind !== 'on') return;
      return setContent(context, share, { ...share, measured: event.content });
  }
}

/** A member of this call begins to share, or stops. */
export function handleShareFact(
  context: StepContext,
  { member, before }: Extract<RoomFact, { type: 'member-status' }>,
): void {
  const wasShared = before.screen !== 'off';
  const isShared = member.status.screen !== 'off';
  if (wasShared === isShared || peerToMember(context, member) === null) return;
  const { email } = member;
  if (isShared) notify(context, { code: 'screen-shared', email }, null);
  else say(context, { code: 'screen-stopped', email }, null);
}

/** What one person does not see is said, as the sharer takes it for seen. */
export function handleScreenRefused(context: StepContext, { peer: id }: ScreenRefusedEvent): void {
  const peer = peerOf(context, id);
  if (peer === null || screenStatus(context.state) === 'off') return;
  notify(context, { code: 'screen-not-shown', email: peer.email }, null);
}

/** After each step: the share ends with its call. */
export function followCall(context: StepContext, before: State): void {
  const { share, call } = context.state;
  if (share.kind === 'off' || call === before.call) return;
  const isSame =
    call.kind === 'active' && before.call.kind === 'active' && call.id === before.call.id;
  if (isSame) return;
  stop(context);
  // Nobody left: two calls have become one.
  if (call.kind === 'active') notify(context, { code: 'own-screen', is: 'stopped' }, null);
}

function toggle(context: StepContext, share: ShareState): void {
  switch (share.kind) {
    case 'off':
      return ask(context, 'whole');
    case 'asking':
      // A press made twice closes no picker.
      return;
    case 'on':
      stop(context);
      // Nobody has seen what was being framed.
      if (share.flow === 'framing') return;
      return say(context, { code: 'own-screen', is: 'stopped' }, null);
  }
}

function ask(context: StepContext, extent: Extent): void {
  if (context.state.call.kind !== 'active') return;
  setShare(context, { kind: 'asking', extent });
  emit(context, { type: 'share', ask: extent === 'whole' ? 'start' : 'start-held' });
}

function frame(context: StepContext, share: SharedScreen, region: Region | null): void {
  const isFirst = share.flow === 'framing';
  setShare(context, { ...share, region, flow: isFirst ? 'live' : share.flow });
  emit(context, { type: 'share-region', region });
  if (!isFirst) return;
  emit(context, { type: 'share', ask: 'resume' });
  say(context, { code: 'own-screen', is: 'shared' }, null);
}

function stop(context: StepContext): void {
  setShare(context, { kind: 'off' });
  emit(context, { type: 'share', ask: 'stop' });
}

function setContent(context: StepContext, before: SharedScreen, share: SharedScreen): void {
  setShare(context, share);
  const content = contentOf(share);
  if (content !== contentOf(before)) emit(context, { type: 'share-content', content });
}

function setShare(context: StepContext, share: ShareState): void {
  context.state = { ...context.state, share };
}
