// Runs the engine: takes events, one step each, and performs the effects.
//
// Invariant: an event during a step waits, so effects are performed in the order of the steps. No
// call logic here.

import type { Announcement, App, RoomDraft } from './app';
import type { Effect } from './engine/effect';
import type { Event } from './engine/event';
import { initialState } from './engine/initial';
import type { ProblemReason } from './engine/problem';
import type { State } from './engine/state';
import { withNames } from './engine/person-name';
import { step } from './engine/router';
import { emailsIn } from './engine/step-context';
import { timerKey } from './engine/timer';
import type { Ports, Settings } from './ports';
import { ProblemError } from './problem-error';
import { deviceIn } from './runtime/device';
import { remember } from './runtime/remembering';
import { savingLatest } from './runtime/saving';
import { store } from './runtime/store';
import { texts } from './text/texts';

type Announce = Extract<Effect, { type: 'announce' }>;
type RingSound = Extract<Effect, { type: 'ring' }>['ring'];

export async function startApp(ports: Ports): Promise<App> {
  const [loaded, invited] = await Promise.all([ports.settings.load(), ports.host.invited()]);

  const settings = store(loaded.settings);
  const state = store<State>(startOf(loaded.settings, ports));
  const roomDraft = store<RoomDraft | null>(
    invited?.kind === 'unreadable'
      ? { text: invited.text, problem: texts.problem(invited.reason) }
      : null,
  );
  const announcement = store<Announcement>({ text: '', count: 0, shown: 'on-screen' });
  const warning = store(loaded.warning === null ? null : texts.problem(loaded.warning));
  const say = (text: string, shown: Announcement['shown']): void =>
    announcement.set({ text, count: announcement.get().count + 1, shown });
  const save = savingLatest(
    (value: Settings) => ports.settings.save(value),
    (error) => {
      const reason: ProblemReason =
        error instanceof ProblemError ? error.reason : { code: 'settings-not-saved' };
      warning.set(texts.problem(reason));
      say(texts.problem(reason), 'on-screen');
    },
  );
  let ring: RingSound = 'off';
  let sounding: RingSound = 'off';

  /** Plays the ringing sound as the settings allow. */
  const soundRing = (): void => {
    const { ring: wantsRing, sounds } = settings.get();
    const heard = (ring === 'incoming' && wantsRing) || (ring === 'outgoing' && sounds);
    const next: RingSound = heard ? ring : 'off';
    if (next === sounding) return;
    sounding = next;
    ports.sounds.ring(next);
  };

  settings.subscribe(() => {
    save(settings.get());
    soundRing();
  });
  if (loaded.settings.deviceSecret === '')
    settings.set({ ...settings.get(), deviceSecret: newId() });

  const waiting: Event[] = [];
  let handling = false;

  const dispatch = (event: Event): void => {
    waiting.push(event);
    if (handling) return;
    handling = true;
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) handle(next);
    } finally {
      handling = false;
    }
  };

  const handle = (event: Event): void => {
    const before = state.get();
    const [next, effects] = step(before, event);
    for (const effect of effects) perform(effect);
    // After the effects: a listener that sees a peer finds its connection open.
    state.set(next);
    settings.set(remember(settings.get(), next));
    if (next.call.kind === 'incoming' && before.call.kind !== 'incoming') {
      ports.host.attention();
    }
    const [requester] = next.admissions;
    if (requester !== undefined && before.admissions.length === 0) ports.host.attention();
  };

  const announce = ({ announcement: said, sound, shown }: Announce): void => {
    // The room before the step: who left had its name there.
    const { room } = state.get();
    const present = room.kind === 'inside' ? emailsIn(room) : [];
    say(withNames(texts.announcement(said), present), shown);
    if (sound !== null && settings.get().sounds) ports.sounds.play(sound);
  };

  const perform = (effect: Effect): void => {
    switch (effect.type) {
      case 'signaling-join':
        return ports.signaling.join(
          effect.roomSession,
          effect.status,
          deviceIn(settings.get().deviceSecret, effect.roomSession),
        );
      case 'signaling-leave':
        return ports.signaling.leave();
      case 'signaling-send':
        return ports.signaling.send(effect.message);
      case 'media-capture': {
        const { slot, on, keep, device } = effect;
        return ports.media.capture(slot, { on, keep, device });
      }
      case 'speaker-choose':
        return ports.media.chooseSpeaker(effect.device);
      case 'peer-open':
        return ports.peers.open(effect.peer, effect.iceServers, effect.video);
      case 'peer-close':
        return ports.peers.close(effect.peer);
      case 'peer-offer':
        return ports.peers.offer(effect.peer);
      case 'peer-accept-offer':
        return ports.peers.acceptOffer(effect.peer, effect.offer);
      case 'peer-accept-answer':
        return ports.peers.acceptAnswer(effect.peer, effect.answer);
      case 'peer-add-candidate':
        return ports.peers.addCandidate(effect.peer, effect.candidate);
      case 'peer-restart-ice':
        return ports.peers.restartIce(effect.peer);
      case 'peer-limits':
        return ports.peers.limit(effect.peer, effect.grants);
      case 'talk-send':
        return ports.peers.talk(effect.peer, effect.text);
      case 'timer-set': {
        const { timer, ms } = effect;
        return ports.timers.set(timerKey(timer), ms, () =>
          dispatch({ type: 'timer-fired', timer }),
        );
      }
      case 'timer-clear':
        return ports.timers.clear(timerKey(effect.timer));
      case 'ring':
        ring = effect.ring;
        return soundRing();
      case 'announce':
        return announce(effect);
      case 'remember-room-session':
        return ports.roomSession.save(effect.roomSession);
    }
  };

  ports.signaling.listen(dispatch);
  ports.media.listen(dispatch);
  ports.peers.listen(dispatch);
  ports.sleep.listen(dispatch);
  if (loaded.settings.speaker !== null) ports.media.chooseSpeaker(loaded.settings.speaker);

  const roomSession = ports.roomSession.load();
  if (roomSession !== null) {
    // A reload continues the room session, unless an invite link names another room.
    const isSameRoom =
      invited === null || (invited.kind === 'room' && invited.room === roomSession.room);
    if (isSameRoom) dispatch({ type: 'join-pressed', roomSession });
    else ports.roomSession.save(null);
  }

  return {
    engine: { get: state.get, subscribe: state.subscribe, dispatch },
    settings: {
      get: settings.get,
      subscribe: settings.subscribe,
      change: (change) => settings.set({ ...settings.get(), ...change }),
    },
    announcement,
    notify: (text) => say(text, 'as-toast'),
    roomDraft,
    warning,
    local: ports.media.local,
    remote: (peer, slot) => ports.peers.remote(peer, slot),
    loudness: (peer) => ports.peers.loudness(peer),
    host: ports.host,
    newId,
  };
}

function startOf(settings: Settings, { host }: Ports): State {
  const { microphone, camera, speaker, microphoneOn, cameraOn } = settings;
  const { canCall } = host;
  const kept = { microphone, camera, speaker, microphoneOn, cameraOn };
  return initialState({ page: newId(), canCall, ...kept });
}

/** 128 random bits; `randomUUID` exists in secure contexts only. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
