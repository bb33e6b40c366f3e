// Runs the engine: takes events, one step each, and performs the effects.
//
// Invariant: an event during a step waits, so effects are performed in the order of the steps. No
// call logic here.

import type { Announcement, App, PrivateInvite, RoomDraft } from './app';
import type { Effect, Sound } from './engine/effect';
import type { Event } from './engine/event';
import { initialState } from './engine/initial';
import type { DoorView } from './engine/private/door-view';
import type { ProblemReason } from './engine/problem';
import type { RoomSession, State } from './engine/state';
import { withNames } from './engine/person-name';
import { step } from './engine/router';
import { emailsIn } from './engine/step-context';
import { timerKey } from './engine/timer';
import type { Ports, Settings } from './ports';
import { ProblemError } from './problem-error';
import { testConnection } from './runtime/connection-test';
import { deviceIn } from './runtime/device';
import { lendSignaling } from './runtime/lent-signaling';
import { filesLoading } from './runtime/files-loading';
import { identities } from './runtime/identities';
import { remember } from './runtime/remembering';
import { suggestPasscode } from './runtime/suggested-passcode';
import { savingLatest } from './runtime/saving';
import { sealedSignaling } from './runtime/sealed-signaling';
import { stays } from './runtime/stays';
import { store } from './runtime/store';
import { texts } from './text/texts';

type Announce = Extract<Effect, { type: 'announce' }>;
type RingSound = Extract<Effect, { type: 'ring' }>['ring'];

export async function startApp(ports: Ports): Promise<App> {
  const rooms = stays({
    isSecure: ports.host.isSecure,
    load: () => import('./engine/private/sealing'),
    loadPasscodes: () => import('./engine/private/passcode-sealing'),
    randomBytes,
  });
  const roomSession = ports.roomSession.load();
  if (roomSession !== null) rooms.prepare();
  const [loaded, invited] = await Promise.all([ports.settings.load(), ports.host.invited()]);

  const settings = store(loaded.settings);
  const state = store<State>(startOf(loaded.settings, ports));
  const roomDraft = store<RoomDraft | null>(
    invited?.kind === 'unreadable'
      ? { text: invited.text, problem: texts.problem(invited.reason) }
      : null,
  );
  const privateInvite = store<PrivateInvite | null>(null);
  const passcode = store<string | null>(null);
  const door = store<DoorView | null>(null);
  /** The room session that is kept for a reload. */
  let remembered: RoomSession | null = null;
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

  const signaling = lendSignaling(
    sealedSignaling(ports.signaling, {
      sealing: rooms.sealing,
      passcodeSealing: rooms.passcodeSealing,
      randomBytes,
      now: () => performance.now(),
      after: later,
      doorChanged: (view) => door.set(view),
      keptChanged: () => keepRoomSession(),
    }),
    (event) => dispatch(event),
    () => state.get().room.kind === 'outside',
  );
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
    const isWanted = said.code !== 'message' || settings.get().chatNotices;
    if (isWanted) say(withNames(texts.announcement(said), present), shown);
    if (sound !== null && isHeard(sound, settings.get())) ports.sounds.play(sound);
  };

  const perform = (effect: Effect): void => {
    switch (effect.type) {
      case 'signaling-join':
        return signaling.join(
          effect.roomSession,
          effect.status,
          deviceIn(settings.get().deviceSecret, effect.roomSession),
        );
      case 'signaling-entry':
        return signaling.change(effect.ask);
      case 'signaling-leave':
        return signaling.leave();
      case 'signaling-send':
        return signaling.send(effect.message);
      case 'media-capture': {
        const { slot, on, keep, device } = effect;
        return ports.media.capture(slot, { on, keep, device });
      }
      case 'share':
        return ports.screen.share(effect.ask);
      case 'share-region':
        return ports.screen.setRegion(effect.region);
      case 'share-content':
        return ports.screen.setContent(effect.content);
      case 'speaker-choose':
        return ports.media.chooseSpeaker(effect.device);
      case 'peer-open':
        return ports.peers.open(effect.peer, effect, effect.video);
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
      case 'file-heard':
        return files.hear(effect);
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
        remembered = effect.roomSession;
        return keepRoomSession();
      case 'remember-chat':
        return ports.chatMemory.save(effect.memory);
      case 'identity-sign':
      case 'identity-check':
      case 'pin-keep':
      case 'pin-block':
      case 'pin-forget':
        return identity.perform(effect);
    }
  };

  const keepRoomSession = (): void =>
    ports.roomSession.save(remembered === null ? null : signaling.kept(remembered));

  const files = filesLoading(ports.files, {
    peers: ports.peers,
    state,
    settings,
    dispatch,
    notify: (text) => say(text, 'as-toast'),
    newId,
  });

  const identity = identities({
    port: ports.identity,
    sealing: rooms.sealing,
    randomBytes,
    now: () => Date.now(),
    dispatch,
    failed: () => warning.set(texts.problem({ code: 'people-not-kept' })),
  });

  ports.media.listen(dispatch);
  ports.screen.listen(dispatch);
  ports.peers.listen(dispatch);
  ports.sleep.listen(dispatch);
  ports.visibility.listen(dispatch);
  if (loaded.settings.speaker !== null) ports.media.chooseSpeaker(loaded.settings.speaker);

  if (roomSession !== null) {
    // A reload continues the room session, unless an invite link names another room.
    const isSameRoom =
      invited === null || (invited.kind === 'room' && invited.room === roomSession.room);
    if (isSameRoom) await comeBack(roomSession);
    else forget();
  }
  rooms.prepare();

  async function comeBack(before: RoomSession): Promise<void> {
    const next = await rooms.goOn(before).catch(() => null);
    // The code for sealing comes from where the page comes from.
    if (next === null) return warning.set(texts.problem({ code: 'relay-silent' }));
    const kept = ports.chatMemory.load(before.session);
    if (kept !== null) dispatch({ type: 'chat-restored', kept });
    dispatch({ type: 'join-pressed', roomSession: next });
  }

  function forget(): void {
    ports.roomSession.save(null);
    ports.chatMemory.save(null);
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
    privateInvite,
    stayInOpen: (room) => rooms.inOpen(room),
    stayIn: (invite) => rooms.inPrivate(invite),
    passcode,
    door,
    stayByPasscode: (place) => rooms.byPasscode(place),
    suggestPasscode: () => suggestPasscode(randomBytes),
    warning,
    local: ports.media.local,
    ownScreen: ports.screen.preview,
    capturedScreen: ports.screen.whole,
    remote: (peer, slot) => ports.peers.remote(peer, slot),
    loudness: (peer) => ports.peers.loudness(peer),
    files: files.load,
    identity: {
      load: async () => identity.load(),
      renew: async () => {
        try {
          await identity.renew();
          return true;
        } catch {
          return false;
        }
      },
    },
    host: ports.host,
    testConnection: (told) =>
      testConnection(
        { signaling, connectionTest: ports.connectionTest, now: () => performance.now() },
        { relay: settings.get().relay, room: `test-${newId()}`, secret: newId() },
        told,
      ),
    newId,
  };
}

function isHeard(sound: Sound, { sounds, chatSounds }: Settings): boolean {
  return sounds && (sound !== 'message' || chatSounds);
}

function startOf(settings: Settings, { host }: Ports): State {
  const { microphone, camera, speaker, microphoneOn, cameraOn, saveData, ownAddress } = settings;
  const { canCall } = host;
  const kept = { microphone, camera, speaker, microphoneOn, cameraOn, saveData, ownAddress };
  return initialState({ page: newId(), secret: newId(), canCall, ...kept });
}

/** Returns what cancels it. */
function later(ms: number, act: () => void): () => void {
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
}

/** 128 random bits; `randomUUID` exists in secure contexts only. */
function newId(): string {
  return Array.from(randomBytes(16), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function randomBytes(count: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(count));
}
