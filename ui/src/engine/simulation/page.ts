// One person's page: the engine, with everything its effects touch made of fakes.
//
// Invariant: effects are performed in order and nothing answers within a step. After a reload
// nothing of the old page is heard any more.

import type { Effect } from '../effect';
import type { Event } from '../event';
import { initialState } from '../initial';
import type { LinkId, State, Visit } from '../state';
import { step } from '../step';
import { FakeConnection } from './connection';
import { fakeDevices, type Devices } from './devices';
import { fakePort, type Port } from './port';
import type { World } from './world';

export class Page {
  state: State;
  readonly connections = new Map<LinkId, FakeConnection>();
  readonly port: Port;
  readonly devices: Devices;
  visit: Visit | null = null;
  private readonly timers = new Map<string, () => void>();
  private isGone = false;

  constructor(
    private readonly world: World,
    readonly owner: string,
    token: string | null,
  ) {
    const { clock, random, relay, keepsQueue } = world;
    const tell = (event: Event): void => this.dispatch(event);
    const isOnline = world.isOnline(owner);
    this.port = fakePort({ clock, random, relay, keepsQueue, tell }, token, isOnline);
    this.devices = fakeDevices(clock, random, world.trouble.devices, tell);
    this.state = initialState({
      page: random.id(),
      canCall: true,
      microphone: null,
      camera: null,
      speaker: null,
      microphoneOn: random.chance(0.9),
      cameraOn: random.chance(0.8),
    });
  }

  dispatch(event: Event): void {
    if (this.isGone) return;
    const { trace } = this.world;
    trace(this.owner, event);
    const [next, effects] = step(this.state, event);
    this.state = next;
    for (const effect of effects) this.perform(effect);
    this.checkLinks();
  }

  /** The page is reloaded: gives what its tab still has. */
  unload(): { readonly token: string | null; readonly visit: Visit | null } {
    this.isGone = true;
    for (const cancel of this.timers.values()) cancel();
    for (const connection of this.connections.values()) connection.close();
    return { token: this.port.unload(), visit: this.visit };
  }

  private perform(effect: Effect): void {
    switch (effect.type) {
      case 'signaling-join':
        // An adapter may tell of its first state at once, but never within the step.
        this.world.clock.after(0, () => {
          if (!this.isGone) this.port.join(effect.visit.email, effect.status);
        });
        return;
      case 'signaling-leave':
        return this.port.leave();
      case 'signaling-send':
        this.world.trace(this.owner, effect);
        return this.port.send(effect.message);
      case 'media-capture':
        return this.devices.capture(effect.kind, effect);
      case 'peer-open':
        return this.open(effect.link);
      case 'peer-close':
        this.on(effect.link, (connection) => connection.close());
        this.connections.delete(effect.link);
        return;
      case 'peer-offer':
        return this.on(effect.link, (connection) => connection.offer());
      case 'peer-accept-offer':
        return this.on(effect.link, (connection) => connection.acceptOffer(effect.offer));
      case 'peer-accept-answer':
        return this.on(effect.link, (connection) => connection.acceptAnswer(effect.answer));
      case 'peer-add-candidate':
        return this.on(effect.link, (connection) => connection.addCandidate(effect.candidate));
      case 'peer-restart-ice':
        return this.on(effect.link, (connection) => connection.restartIce());
      case 'timer-set': {
        const { timer, ms } = effect;
        this.timers.get(timer)?.();
        const fired = (): void => this.dispatch({ type: 'timer-fired', timer });
        this.timers.set(timer, this.world.clock.after(ms, fired));
        return;
      }
      case 'timer-clear':
        this.timers.get(effect.timer)?.();
        this.timers.delete(effect.timer);
        return;
      case 'remember-visit':
        this.visit = effect.visit;
        return;
      case 'speaker-choose':
      case 'ring':
      case 'announce':
      case 'announce-end':
        return;
    }
  }

  private open(link: LinkId): void {
    const { world, owner } = this;
    if (this.connections.has(link)) world.violation(owner, 'peer-open of an open link');
    const connection = new FakeConnection(owner, link, {
      clock: world.clock,
      random: world.random,
      failure: () => world.failure(),
      epoch: () => world.epoch(owner),
      descriptions: world.descriptions,
      tell: (event) => this.dispatch(event),
      violation: (what) => world.violation(owner, what),
      changed: () => world.paths.changed(),
    });
    this.connections.set(link, connection);
    world.paths.add(connection);
  }

  private on(link: LinkId, act: (connection: FakeConnection) => void): void {
    const connection = this.connections.get(link);
    if (connection === undefined) this.world.violation(this.owner, `no connection for ${link}`);
    else act(connection);
  }

  private checkLinks(): void {
    const { call } = this.state;
    const links = call.kind === 'active' ? call.links.map(({ id }) => id) : [];
    const isWhole =
      links.length === this.connections.size && links.every((link) => this.connections.has(link));
    if (!isWhole) this.world.violation(this.owner, 'links and connections differ');
    if (call.kind === 'active' && links.length === 0) {
      this.world.violation(this.owner, 'an active call without a link');
    }
  }
}
