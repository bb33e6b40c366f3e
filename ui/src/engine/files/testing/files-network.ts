// Pages that transfer files among each other, with connections that break: for the tests of this
// folder.
//
// Invariant: what is random comes from the seed. A channel loses nothing and keeps its order until
// it closes; then all that is under way on it is lost.

import { createHash } from 'node:crypto';

import { seeded, type Random } from '../../simulation/random';
import { blockCount } from '../block';
import type { BlockSet } from '../block-set';
import { withBlock } from '../block-set';
import type { FilesEffect, FilesEvent, FileNote } from '../events';
import type { FileId } from '../file-id';
import type { Frame } from '../frame';
import type { FilePeer, FilesState } from '../state';
import { NO_FILES } from '../initial';
import { stepFiles } from '../step';

/** The content of a block is a short text here: the engine never looks into it. */
export type Content = readonly string[];

interface Stored {
  readonly file: FileId;
  readonly sender: string;
  readonly blocks: Map<number, string>;
  whole: boolean;
}

export class FilesPage {
  state: FilesState = NO_FILES;
  readonly notes: FileNote[] = [];
  readonly disk = new Map<string, Stored>();
  readonly sources = new Map<string, Content>();
  /** Blocks with content that this page sent, by transfer and block. */
  readonly pushed: string[] = [];
  readonly paces: number[] = [];
  room = Number.POSITIVE_INFINITY;

  constructor(
    readonly name: string,
    readonly network: FilesNetwork,
    public session = `session of ${name}`,
  ) {}

  get email(): string {
    return `${this.name}@example.org`;
  }

  play(event: FilesEvent): void {
    const [next, effects] = stepFiles(this.state, event);
    this.state = next;
    for (const effect of effects) this.network.perform(this, effect);
  }

  /** As after a crash: the disk stays. */
  restart(session: string): void {
    this.state = NO_FILES;
    this.session = session;
  }
}

type Task = () => void;

interface Queue {
  readonly name: string;
  readonly tasks: Task[];
}

interface Channel {
  readonly transfer: string;
  readonly ends: readonly [FilesPage, FilesPage];
  readonly number: number;
}

export class FilesNetwork {
  readonly pages: readonly FilesPage[];
  readonly random: Random;
  /** The share of pieces that arrive with a flipped bit. */
  flips = 0;
  now = 0;
  #queues = new Map<string, Queue>();
  #connections = new Map<string, number>();
  #channels = new Map<string, Channel>();
  #made = 0;

  constructor(seed: number, names: readonly string[]) {
    this.random = seeded(seed);
    this.pages = names.map((name) => new FilesPage(name, this));
  }

  page(name: string): FilesPage {
    const found = this.pages.find((page) => page.name === name);
    if (found === undefined) throw new Error(`There is no page ${name}.`);
    return found;
  }

  connect(a: FilesPage, b: FilesPage): void {
    this.#made += 1;
    this.#connections.set(pair(a, b), this.#made);
    this.#tellPeers(a);
    this.#tellPeers(b);
  }

  connectAll(): void {
    for (const [index, page] of this.pages.entries())
      for (const other of this.pages.slice(index + 1)) this.connect(page, other);
  }

  disconnect(a: FilesPage, b: FilesPage): void {
    this.#connections.delete(pair(a, b));
    for (const name of this.#queues.keys())
      if (name.startsWith(`${pair(a, b)} `)) this.#queues.delete(name);
    for (const channel of this.#channels.values())
      if (pair(...channel.ends) === pair(a, b)) this.#channels.delete(channel.transfer);
    this.#tellPeers(a);
    this.#tellPeers(b);
  }

  /** One delivery or local operation; false if there is none. */
  advance(): boolean {
    this.now += 1;
    const waiting = [...this.#queues.values()].filter(({ tasks }) => tasks.length > 0);
    const queue = waiting[this.random.between(0, waiting.length - 1)];
    const task = queue?.tasks.shift();
    task?.();
    return task !== undefined;
  }

  settle(most = 100_000): void {
    for (let count = 0; this.advance(); count += 1)
      if (count > most) throw new Error('The pages do not come to rest.');
  }

  perform(page: FilesPage, effect: FilesEffect): void {
    switch (effect.type) {
      case 'file-say': {
        const other = this.page(effect.to);
        const { message } = effect;
        return this.#overLine(page, other, 'talk', () =>
          other.play({ type: 'file-message', at: this.now, from: page.name, message }),
        );
      }
      case 'channel-open':
        return this.#openChannel(page, effect);
      case 'channel-close':
        return this.#closeChannel(page, effect.transfer);
      case 'channel-frame':
        return this.#sendFrame(page, effect.transfer, effect.frame);
      case 'block-push': {
        const channel = this.#channels.get(effect.transfer);
        // What was read for a channel that is gone is dropped.
        return this.#locally(page, `push ${effect.transfer}`, () => {
          if (this.#channels.get(effect.transfer) === channel) this.#push(page, effect);
        });
      }
      case 'root-push': {
        const content = page.sources.get(effect.source) ?? [];
        const hash = hashOf(content.map(hashOf).join(''));
        return this.#sendFrame(page, effect.transfer, { kind: 'root', hash });
      }
      case 'sink-find': {
        const stored = [...page.disk.values()].find(
          ({ file, whole }) => !whole && key(file) === key(effect.file),
        );
        return this.#locally(page, 'disk', () =>
          page.play({
            type: 'sink-found',
            at: this.now,
            transfer: effect.transfer,
            kept: keptOf(stored),
            sender: stored?.sender ?? null,
          }),
        );
      }
      case 'sink-open': {
        const { transfer, file, sender } = effect;
        return this.#locally(page, 'disk', () => {
          const stored = page.disk.get(key(file)) ?? {
            file,
            sender,
            blocks: new Map<number, string>(),
            whole: false,
          };
          page.disk.set(key(file), stored);
          page.play({ type: 'sink-opened', at: this.now, transfer, kept: keptOf(stored) });
        });
      }
      case 'block-write': {
        const { transfer, block, bytes } = effect;
        return this.#locally(page, 'disk', () => {
          const stored = this.#storedOf(page, transfer);
          if (stored === undefined) return;
          if (page.room <= 0)
            return page.play({ type: 'sink-failed', at: this.now, transfer, reason: 'full' });
          page.room -= 1;
          stored.blocks.set(block, new TextDecoder().decode(bytes));
          page.play({ type: 'block-written', at: this.now, transfer, block });
        });
      }
      case 'sink-finish': {
        const { transfer } = effect;
        return this.#locally(page, 'disk', () => {
          const stored = this.#storedOf(page, transfer);
          if (stored === undefined) return;
          stored.whole = true;
          page.play({ type: 'sink-finished', at: this.now, transfer, name: 'x', place: null });
        });
      }
      case 'sink-discard': {
        const stored = this.#storedOf(page, effect.transfer);
        if (stored !== undefined) page.disk.delete(key(stored.file));
        return;
      }
      case 'file-note':
        page.notes.push(effect.note);
        return;
      case 'sink-close':
      case 'source-release':
      case 'line-changed':
        return;
      case 'pace-changed':
        page.paces.push(effect.intervalMs);
        return;
    }
  }

  #push(
    page: FilesPage,
    { transfer, source, block, content }: Extract<FilesEffect, { type: 'block-push' }>,
  ): void {
    const text = page.sources.get(source)?.[block] ?? '';
    const hash = hashOf(text);
    if (content === 'pieces') {
      page.pushed.push(`${transfer} ${block}`);
      const flipped = this.random.chance(this.flips) ? `${text}!` : text;
      const bytes = new TextEncoder().encode(flipped);
      this.#sendFrame(page, transfer, { kind: 'piece', block, offset: 0, bytes });
    }
    this.#sendFrame(page, transfer, { kind: 'block', block, hash });
    page.play({ type: 'block-pushed', at: this.now, transfer, block });
  }

  #openChannel(
    page: FilesPage,
    { peer, transfer }: Extract<FilesEffect, { type: 'channel-open' }>,
  ): void {
    const other = this.pages.find((one) => this.#peerId(page, one) === peer);
    if (other === undefined) return;
    this.#made += 1;
    const channel: Channel = { transfer, ends: [page, other], number: this.#made };
    this.#channels.set(transfer, channel);
    this.#overLine(page, other, lane(channel, other), () => {
      if (this.#channels.get(transfer) !== channel) return;
      const from = this.#peerId(other, page) ?? '';
      other.play({ type: 'channel-arrived', at: this.now, peer: from, transfer });
    });
    this.#overLine(other, page, lane(channel, page), () => {
      if (this.#channels.get(transfer) === channel)
        page.play({ type: 'channel-opened', at: this.now, transfer });
    });
  }

  #closeChannel(page: FilesPage, transfer: string): void {
    const channel = this.#channels.get(transfer);
    if (channel === undefined || !channel.ends.includes(page)) return;
    this.#channels.delete(transfer);
    const [a, b] = channel.ends;
    for (const end of channel.ends) this.#queues.delete(`${pair(a, b)} ${lane(channel, end)}`);
    const other = a === page ? b : a;
    this.#overLine(page, other, 'closing', () => {
      if (!this.#channels.has(transfer))
        other.play({ type: 'channel-closed', at: this.now, transfer });
    });
  }

  #sendFrame(page: FilesPage, transfer: string, frame: Frame): void {
    const channel = this.#channels.get(transfer);
    if (channel === undefined || !channel.ends.includes(page)) return;
    const [a, b] = channel.ends;
    const other = a === page ? b : a;
    this.#overLine(page, other, lane(channel, other), () => {
      if (this.#channels.get(transfer) === channel) this.#receive(other, transfer, frame);
    });
  }

  readonly #arriving = new Map<string, Uint8Array<ArrayBuffer>>();

  #receive(page: FilesPage, transfer: string, frame: Frame): void {
    const at = this.now;
    switch (frame.kind) {
      case 'piece':
        this.#arriving.set(`${page.name} ${transfer}`, new Uint8Array(frame.bytes));
        return;
      case 'block': {
        const { block, hash: claimed } = frame;
        const bytes = this.#arriving.get(`${page.name} ${transfer}`) ?? null;
        this.#arriving.delete(`${page.name} ${transfer}`);
        const stored = this.#storedOf(page, transfer)?.blocks.get(block);
        const kept = stored === undefined ? null : hashOf(stored);
        const hash = bytes === null ? kept : hashOf(new TextDecoder().decode(bytes));
        return page.play({ type: 'block-arrived', at, transfer, block, claimed, hash, bytes });
      }
      case 'root': {
        const blocks = this.#storedOf(page, transfer)?.blocks ?? new Map<number, string>();
        const sorted = [...blocks].toSorted(([a], [b]) => a - b);
        const hash = hashOf(sorted.map(([, text]) => hashOf(text)).join(''));
        return page.play({ type: 'root-arrived', at, transfer, claimed: frame.hash, hash });
      }
      case 'kept':
      case 'again':
        return page.play({
          type: 'block-answered',
          at,
          transfer,
          answer: frame.kind,
          block: frame.block,
        });
    }
  }

  #storedOf(page: FilesPage, transfer: string): Stored | undefined {
    const file = page.state.receiving.find((one) => one.transfer === transfer)?.file;
    return file === undefined ? undefined : page.disk.get(key(file));
  }

  #locally(page: FilesPage, what: string, task: Task): void {
    const { session } = page;
    this.#queue(`at ${page.name} ${what}`).tasks.push(() => {
      if (page.session === session) task();
    });
  }

  #overLine(from: FilesPage, to: FilesPage, lane_: string, task: Task): void {
    if (!this.#connections.has(pair(from, to))) return;
    const { session } = to;
    const side = lane_ === 'talk' || lane_ === 'closing' ? `${lane_} to ${to.name}` : lane_;
    this.#queue(`${pair(from, to)} ${side}`).tasks.push(() => {
      if (to.session === session) task();
    });
  }

  #queue(name: string): Queue {
    const queue = this.#queues.get(name) ?? { name, tasks: [] };
    this.#queues.set(name, queue);
    return queue;
  }

  #peerId(page: FilesPage, other: FilesPage): string | null {
    const number = this.#connections.get(pair(page, other));
    return number === undefined || page === other ? null : `${page.name}-${other.name}-${number}`;
  }

  #tellPeers(page: FilesPage): void {
    const peers = this.pages.flatMap<FilePeer>((other) => {
      const peer = this.#peerId(page, other);
      const { name: member, session, email } = other;
      return peer === null ? [] : [{ peer, member, session, email }];
    });
    page.play({ type: 'peers-changed', at: this.now, peers });
  }
}

export function fileOf(name: string, content: Content): FileId {
  const size = Math.max(0, (content.length - 0.5) * 1024 * 1024);
  if (blockCount(size) !== content.length) throw new Error('The size does not fit.');
  return { name, size, modified: 1_700_000_000_000, first: hashOf(content[0] ?? '') };
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function keptOf(stored: Stored | undefined): BlockSet {
  return [...(stored?.blocks.keys() ?? [])].reduce<BlockSet>(withBlock, []);
}

function key(file: FileId): string {
  return JSON.stringify(file);
}

function pair(a: FilesPage, b: FilesPage): string {
  return [a.name, b.name].toSorted().join('+');
}

function lane(channel: Channel, to: FilesPage): string {
  return `channel ${channel.number} to ${to.name}`;
}
