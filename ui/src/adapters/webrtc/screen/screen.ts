// Screen port: the own screen, with its audio.
//
// Invariant: one capture at a time. A capture that is not wanted any more when the person has chosen
// is stopped at once and never reported; the browser shows its sign of a share no longer than that.
// While a share is held, nothing is sent, and while it is paused, no live frame. Where a part is
// shared, nothing else is sent: no frame at all, until the part is cut out.

import type { Content } from '../../../engine/budget/content';
import type { Slot } from '../../../engine/media/slot';
import type { ShareEvent } from '../../../engine/share/events';
import { WHOLE, type Region } from '../../../engine/share/region';
import type { ScreenPort } from '../../../ports';
import { streamSlot } from '../../stream-source';
import type { CapturedTracks } from '../media';
import { acquireScreen, type AcquiredScreen } from './acquire';
import type { ContentWatch } from './content-watch';
import type { Crop } from './crop';
import type { Still } from './still';

interface Shared {
  readonly video: MediaStreamTrack;
  readonly audio: MediaStreamTrack | null;
  readonly watch: ContentWatch;
  readonly picture: Picture;
  flow: 'held' | 'live' | 'paused';
  /** What alone is sent; null for all. */
  part: Part | null;
  /** What is sent while it is paused; null is nothing. */
  still: Still | null;
}

interface Part {
  region: Region;
  /** Null until it is there. */
  crop: Crop | null;
}

/** Detail for letters, motion for films (mst-content-hint). */
const HINTS: Readonly<Record<Content, string>> = { text: 'detail', motion: 'motion' };

export function screen(): ScreenPort & { readonly captured: CapturedTracks } {
  let listener: ((event: ShareEvent) => void) | null = null;
  let request = 0;
  let shared: Shared | null = null;
  const preview = streamSlot();
  const whole = streamSlot();
  const listeners = new Set<() => void>();
  const tell = (event: ShareEvent): void => listener?.(event);
  const changed = (): void => {
    for (const heard of listeners) heard();
  };

  const start = async (flow: 'held' | 'live'): Promise<void> => {
    request += 1;
    const mine = request;
    // The picker first: the browser asks for a press just before.
    const asked = acquireScreen();
    const [acquired, picture] = await Promise.all([asked, loadPicture()]);
    if (mine === request) return begin(acquired, picture, flow);
    if (acquired.kind === 'screen') stopTracks(acquired);
  };

  const begin = (
    acquired: AcquiredScreen,
    picture: Picture | null,
    flow: 'held' | 'live',
  ): void => {
    switch (acquired.kind) {
      case 'refused':
        return tell({ type: 'share-refused' });
      case 'problem':
        return tell({ type: 'share-failed', problem: acquired.problem });
      case 'screen':
        if (picture !== null) return show(acquired, picture, flow);
        stopTracks(acquired);
        return tell({ type: 'share-failed', problem: 'failed' });
    }
  };

  const show = (
    { video, audio, surface }: Extract<AcquiredScreen, { kind: 'screen' }>,
    picture: Picture,
    flow: 'held' | 'live',
  ): void => {
    video.contentHint = HINTS.text;
    if (audio !== null) audio.contentHint = 'music';
    const watch = picture.watchContent(
      video,
      () => sentRegion(mine),
      (content) => tell({ type: 'share-measured', content }),
    );
    const mine: Shared = { video, audio, watch, picture, flow, part: null, still: null };
    shared = mine;
    video.addEventListener('ended', () => {
      if (shared !== mine) return;
      stop();
      tell({ type: 'share-ended' });
    });
    audio?.addEventListener('ended', () => {
      if (shared !== mine) return;
      changed();
      tell({ type: 'share-audio-ended' });
    });
    whole.show([video]);
    preview.show([video]);
    changed();
    tell({ type: 'share-started', surface, audio: audio === null ? 'off' : 'on' });
  };

  const stop = (): void => {
    request += 1;
    const before = shared;
    shared = null;
    if (before === null) return;
    before.watch.stop();
    before.still?.stop();
    before.part?.crop?.stop();
    whole.show([]);
    preview.show([]);
    changed();
    stopTracks(before);
  };

  /** Others keep the last frame, and everybody who comes now gets it too. */
  const pause = (): void => {
    if (shared === null) return;
    shared.flow = 'paused';
    shared.still ??= hold(shared);
    if (shared.audio !== null) shared.audio.enabled = false;
    changed();
  };

  const resume = (): void => {
    if (shared === null) return;
    shared.flow = 'live';
    shared.still?.stop();
    shared.still = null;
    if (shared.audio !== null) shared.audio.enabled = true;
    changed();
  };

  const setRegion = (region: Region | null): void => {
    if (shared === null) return;
    const mine = shared;
    const { part } = mine;
    if (region !== null && part !== null) {
      part.region = region;
      part.crop?.setRegion(region);
      return framed(mine);
    }
    part?.crop?.stop();
    mine.part = region === null ? null : { region, crop: null };
    if (mine.part !== null) void cut(mine, mine.part);
    framed(mine);
  };

  const cut = async (mine: Shared, part: Part): Promise<void> => {
    const { video, watch, picture } = mine;
    const crop = await picture.cropOf(video, watch.frames, part.region).catch(() => null);
    if (shared !== mine || mine.part !== part) return crop?.stop();
    if (crop === null) {
      stop();
      return tell({ type: 'share-failed', problem: 'failed' });
    }
    crop.track.contentHint = video.contentHint;
    part.crop = crop;
    // The person may have moved it meanwhile.
    crop.setRegion(part.region);
    framed(mine);
  };

  /** Another part is sent, also of a paused share. */
  const framed = (mine: Shared): void => {
    mine.still?.setRegion(sentRegion(mine));
    const sent = liveTrack(mine);
    preview.show(sent === null ? [] : [sent]);
    changed();
  };

  const track = (slot: Slot): MediaStreamTrack | null => {
    switch (slot) {
      case 'screen':
        if (shared === null || shared.flow === 'held') return null;
        return shared.flow === 'live' ? liveTrack(shared) : (shared.still?.track ?? null);
      case 'screenAudio':
        if (shared === null || shared.flow === 'held') return null;
        return shared.audio?.readyState === 'live' ? shared.audio : null;
      case 'microphone':
      case 'camera':
        return null;
    }
  };

  return {
    preview,
    whole,
    captured: {
      track,
      subscribe(heard) {
        listeners.add(heard);
        return () => listeners.delete(heard);
      },
    },
    listen(heard) {
      listener = heard;
    },
    share(ask) {
      switch (ask) {
        case 'start':
          void start('live');
          return;
        case 'start-held':
          void start('held');
          return;
        case 'pause':
          return pause();
        case 'resume':
          return resume();
        case 'stop':
          return stop();
      }
    },
    setContent(content) {
      if (shared === null) return;
      shared.video.contentHint = HINTS[content];
      if (shared.part?.crop != null) shared.part.crop.track.contentHint = HINTS[content];
      changed();
    },
    setRegion,
  };
}

/** The last frame as a track. */
function hold(mine: Shared): Still | null {
  return mine.picture.stillOf(mine.watch.frames, sentRegion(mine));
}

function sentRegion({ part }: Pick<Shared, 'part'>): Region {
  return part?.region ?? WHOLE;
}

/** What is sent while the share is live; null until the part is cut out. */
function liveTrack({ video, part }: Shared): MediaStreamTrack | null {
  return part === null ? video : (part.crop?.track ?? null);
}

type Picture = Awaited<typeof import('./picture')>;

/** Loaded when first used; null if it cannot be. */
function loadPicture(): Promise<Picture | null> {
  return import('./picture').catch(() => null);
}

function stopTracks({ video, audio }: Pick<Shared, 'video' | 'audio'>): void {
  video.stop();
  audio?.stop();
}
