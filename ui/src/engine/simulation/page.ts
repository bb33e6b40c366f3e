// One person's page: the engine with fake ports.
//
// Invariant: effects run in order, and no fake answers within a step. After a reload the old page
// is silent.

import type { ChatMemory, Effect } from '../effect';
import type { Event } from '../event';
import { initialState } from '../initial';
import type { PeerId, State, RoomSession } from '../state';
import { step } from '../router';
import { timerKey } from '../timer';
import type { Clock } from './clock';
import { FakeConnection, type Sdp } from './connection';
import { fakeDevices, type Devices } from './devices';
import { fakeIdentity, type FakeIdentity, type KeptPins } from './identity';
import type { Paths } from './paths';
import type { Random } from './random';
import { sealedPort, type SealedPort } from './sealed-port';
import { silentEnds } from './silent-ends';
import { fakeScreen, type FakeScreen } from './screen';
import type { RelayEnd, SocketEnd } from './socket';
import type { TalkChannels } from './talk-channels';

/** What a page needs of its simulation. */
export interface PageWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly relay: RelayEnd;
  readonly paths: Pick<Paths, 'add' | 'changed'>;
  readonly channels: Pick<TalkChannels, 'send'>;
  readonly keepsQueue: boolean;
  readonly faultRates: { readonly devices: number };
  readonly descriptions: Map<string, Sdp>;
  readonly trace: (person: string, what: Event | Effect) => void;
  isOnline(person: string): boolean;
  epoch(person: string): number;
  failure(): number;
  /** What the person keeps of others. */
  pinsOf(person: string): KeptPins;
  violation(person: string, what: string): void;
}

export class Page {
  state: State;
  readonly connections = new Map<PeerId, FakeConnection>();
  readonly port: SealedPort;
  readonly devices: Devices;
  readonly screen: FakeScreen;
  readonly identity: FakeIdentity;
  roomSession: RoomSession | null = null;
  /** As the storage of the tab has it. */
  chat: ChatMemory | null = null;
  private readonly timers = new Map<string, () => void>();
  private isGone = false;

  constructor(
    private readonly simulation: PageWorld,
    readonly owner: string,
    token: string | null,
    readonly device: string,
  ) {
    const { clock, random, relay, keepsQueue } = simulation;
    const tell = (event: Event): void => this.dispatch(event);
    const isOnline = simulation.isOnline(owner);
    this.port = sealedPort({ clock, random, relay, device, keepsQueue, tell }, token, isOnline);
    this.devices = fakeDevices(clock, random, simulation.faultRates.devices, tell);
    this.screen = fakeScreen(clock, random, tell, () => {
      for (const connection of this.connections.values()) connection.addShare();
    });
    this.identity = fakeIdentity(clock, owner, simulation.pinsOf(owner), tell);
    this.state = initialState({
      page: random.id(),
      secret: random.id(),
      canCall: true,
      microphone: null,
      camera: null,
      speaker: null,
      microphoneOn: random.chance(0.9),
      cameraOn: random.chance(0.8),
      saveData: false,
      ownAddress: 'shown',
    });
  }

  dispatch(event: Event): void {
    if (this.isGone) return;
    const { trace } = this.simulation;
    trace(this.owner, event);
    const before = this.state;
    const [next, effects] = step(before, event);
    this.state = next;
    for (const effect of effects) this.perform(effect);
    this.checkPeers();
    for (const what of silentEnds({ before, event, effects, after: next }))
      this.simulation.violation(this.owner, what);
  }

  /** Closes the page: returns the storage of its tab. */
  unload(end: SocketEnd): {
    readonly token: string | null;
    readonly roomSession: RoomSession | null;
    readonly chat: ChatMemory | null;
  } {
    this.isGone = true;
    for (const cancel of this.timers.values()) cancel();
    for (const connection of this.connections.values()) connection.close();
    const { chat } = this;
    const roomSession = this.roomSession && this.port.kept(this.roomSession);
    return { token: this.port.unload(end), roomSession, chat };
  }

  private perform(effect: Effect): void {
    switch (effect.type) {
      case 'signaling-join':
        // An adapter may report its first state immediately, but never within the step.
        this.simulation.clock.after(0, () => {
          if (this.isGone) return;
          this.simulation.trace(this.owner, effect);
          this.port.join(effect.roomSession, effect.status);
        });
        return;
      case 'signaling-entry':
        return this.port.change(effect.ask);
      case 'signaling-leave':
        return this.port.leave();
      case 'signaling-send':
        this.simulation.trace(this.owner, effect);
        return this.port.send(effect.message);
      case 'media-capture':
        return this.devices.capture(effect.slot, effect);
      case 'peer-open':
        return this.open(effect.peer);
      case 'peer-close':
        this.on(effect.peer, (connection) => connection.close());
        this.connections.delete(effect.peer);
        return;
      case 'peer-offer':
        return this.on(effect.peer, (connection) => connection.offer());
      case 'peer-accept-offer':
        return this.on(effect.peer, (connection) => connection.acceptOffer(effect.offer));
      case 'peer-accept-answer':
        return this.on(effect.peer, (connection) => connection.acceptAnswer(effect.answer));
      case 'peer-add-candidate':
        return this.on(effect.peer, (connection) => connection.addCandidate(effect.candidate));
      case 'peer-restart-ice':
        return this.on(effect.peer, (connection) => connection.restartIce());
      case 'timer-set': {
        const { timer, ms } = effect;
        const key = timerKey(timer);
        this.timers.get(key)?.();
        const fired = (): void => this.dispatch({ type: 'timer-fired', timer });
        this.timers.set(key, this.simulation.clock.after(ms, fired));
        return;
      }
      case 'timer-clear':
        this.timers.get(timerKey(effect.timer))?.();
        this.timers.delete(timerKey(effect.timer));
        return;
      case 'remember-room-session':
        this.roomSession = effect.roomSession;
        return;
      case 'remember-chat':
        this.chat = effect.memory;
        return;
      case 'identity-sign':
      case 'identity-check':
      case 'pin-keep':
      case 'pin-block':
      case 'pin-forget':
        return this.identity.perform(effect);
      case 'talk-send':
        return this.on(effect.peer, (connection) =>
          this.simulation.channels.send(connection, effect.text),
        );
      case 'share':
        return this.screen.share(effect.ask);
      case 'share-region':
      case 'share-content':
      case 'speaker-choose':
      case 'peer-limits':
      // No page here sends files.
      case 'file-heard':
      case 'ring':
      case 'announce':
        return;
    }
  }

  private open(peer: PeerId): void {
    const { simulation, owner } = this;
    if (this.connections.has(peer)) simulation.violation(owner, 'peer-open of an open peer');
    const connection = new FakeConnection(owner, peer, {
      clock: simulation.clock,
      random: simulation.random,
      failure: () => simulation.failure(),
      epoch: () => simulation.epoch(owner),
      descriptions: simulation.descriptions,
      tell: (event) => this.dispatch(event),
      violation: (what) => simulation.violation(owner, what),
      shared: () => this.screen.slots(),
      changed: () => simulation.paths.changed(),
    });
    this.connections.set(peer, connection);
    simulation.paths.add(connection);
  }

  private on(peer: PeerId, act: (connection: FakeConnection) => void): void {
    const connection = this.connections.get(peer);
    if (connection === undefined)
      this.simulation.violation(this.owner, `no connection for ${peer}`);
    else act(connection);
  }

  private checkPeers(): void {
    const { call } = this.state;
    const peers = call.kind === 'active' ? call.peers.map(({ id }) => id) : [];
    const isWhole =
      peers.length === this.connections.size && peers.every((peer) => this.connections.has(peer));
    if (!isWhole) this.simulation.violation(this.owner, 'peers and connections differ');
    if (call.kind === 'active' && peers.length === 0) {
      this.simulation.violation(this.owner, 'an active call without a peer');
    }
  }
}
