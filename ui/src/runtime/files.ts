// Runs the transfers beside the call: takes events, one step each, and performs the effects. A chunk
// of its own, loaded when a call is shown and when a member speaks of a file.
//
// Invariant: an event during a step waits. What was begun for one channel never reaches the next
// one of the same transfer.

import type { FilesApp } from '../app';
import type { FileNote, FilesEffect, FilesEvent } from '../engine/files/events';
import { readFrame, writeFrame } from '../engine/files/frame';
import type { FilePerson, FilesState, TransferId } from '../engine/files/state';
import { NO_FILES } from '../engine/files/initial';
import { stepFiles } from '../engine/files/step';
import type { MemberId } from '../protocol/wire';
import type { FileMessage } from '../engine/wire/talk/files';
import type { FileChannel, FilesPort, PeersPort } from '../ports';
import { blockMemory } from './files/block-memory';
import { blockTurns } from './files/block-turns';
import { fileReceiver } from './files/receiver';
import { lineGate, pushBlock, pushRoot } from './files/sender';
import { sinks, type Sinks } from './files/sinks';
import { fileSource, type FileSource } from './files/source';
import { store } from './store';

export interface FilesSurroundings {
  readonly disk: FilesPort;
  readonly peers: Pick<PeersPort, 'openFile' | 'listenForFiles'>;
  readonly say: (to: MemberId, message: FileMessage) => void;
  readonly note: (note: FileNote) => void;
  readonly newId: () => string;
}

export interface RunningFiles extends FilesApp {
  play(event: FilesEvent): void;
}

interface OpenChannel {
  readonly channel: FileChannel;
}

export function startFiles({ disk, peers, say, note, newId }: FilesSurroundings): RunningFiles {
  const state = store<FilesState>(NO_FILES);
  const sources = new Map<string, FileSource>();
  const channels = new Map<TransferId, OpenChannel>();
  const gate = lineGate();
  const turns = blockTurns();
  const memory = blockMemory();
  const received: Sinks = sinks(disk, memory);
  const waiting: FilesEvent[] = [];
  let handling = false;

  function play(event: FilesEvent): void {
    waiting.push(event);
    if (handling) return;
    handling = true;
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [after, effects] = stepFiles(state.get(), next);
        state.set(after);
        for (const effect of effects) perform(effect);
      }
    } finally {
      handling = false;
    }
  }

  function perform(effect: FilesEffect): void {
    switch (effect.type) {
      case 'file-say':
        return say(effect.to, effect.message);
      case 'channel-open':
        return openChannel(effect);
      case 'channel-close': {
        channels.get(effect.transfer)?.channel.close();
        channels.delete(effect.transfer);
        return;
      }
      case 'channel-frame':
        return channels.get(effect.transfer)?.channel.send(writeFrame(effect.frame));
      case 'block-push':
        return push(effect);
      case 'root-push': {
        const open = channels.get(effect.transfer);
        const source = sources.get(effect.source);
        if (open !== undefined && source !== undefined) void pushRoot(open.channel, source);
        return;
      }
      case 'line-changed':
        return gate.set(effect.line);
      case 'pace-changed':
        return turns.setInterval(effect.intervalMs);
      case 'source-release':
        sources.delete(effect.source);
        return;
      case 'file-note':
        return note(effect.note);
      case 'sink-find':
      case 'sink-open':
      case 'block-write':
      case 'sink-finish':
      case 'sink-discard':
      case 'sink-close':
        return received.perform(effect, play);
    }
  }

  function openChannel({ peer, transfer }: Extract<FilesEffect, { type: 'channel-open' }>): void {
    const channel = peers.openFile(peer, transfer);
    if (channel === null) return;
    const open = adopt(transfer, channel);
    const isOpen = (): boolean => channels.get(transfer) === open;
    channel.listen({
      opened() {
        if (isOpen()) play({ type: 'channel-opened', at: performance.now(), transfer });
      },
      message(bytes) {
        if (!isOpen()) return;
        const frame = bytes === null ? null : readFrame(bytes);
        const at = performance.now();
        if (frame?.kind === 'kept' || frame?.kind === 'again') {
          const { kind: answer, block } = frame;
          play({ type: 'block-answered', at, transfer, answer, block });
        } else play({ type: 'channel-fault', at, transfer });
      },
      closed: () => closed(transfer, open),
    });
  }

  function arrived(peer: string, transfer: TransferId, channel: FileChannel): void {
    const receiving = state.get().receiving.find((one) => one.transfer === transfer);
    const hashes = received.hashes(transfer);
    if (receiving === undefined || hashes === null) return channel.close();
    const open = adopt(transfer, channel);
    const { size } = receiving.file;
    const receiver = fileReceiver(transfer, size, hashes, { memory, turns }, (event) => {
      if (channels.get(transfer) === open) play(event);
    });
    channel.listen({
      opened: () => undefined,
      message: (bytes) => receiver.take(bytes),
      closed: () => closed(transfer, open),
    });
    play({ type: 'channel-arrived', at: performance.now(), peer, transfer });
  }

  function adopt(transfer: TransferId, channel: FileChannel): OpenChannel {
    const before = channels.get(transfer);
    const open: OpenChannel = { channel };
    channels.set(transfer, open);
    before?.channel.close();
    return open;
  }

  function closed(transfer: TransferId, open: OpenChannel): void {
    if (channels.get(transfer) !== open) return;
    channels.delete(transfer);
    play({ type: 'channel-closed', at: performance.now(), transfer });
  }

  function push({
    transfer,
    source: name,
    block,
    content,
  }: Extract<FilesEffect, { type: 'block-push' }>): void {
    const open = channels.get(transfer);
    const source = sources.get(name);
    if (open === undefined) return;
    void pushing(source).then((event) => {
      if (channels.get(transfer) === open) play(event);
      return event;
    });

    async function pushing(from: FileSource | undefined): Promise<FilesEvent> {
      const channel = open?.channel;
      if (from === undefined || channel === undefined) return failed();
      return pushBlock(channel, from, { gate, turns, memory }, block, content).then(
        () => ({ type: 'block-pushed', at: performance.now(), transfer, block }),
        failed,
      );
    }

    function failed(): FilesEvent {
      return { type: 'source-failed', at: performance.now(), transfer };
    }
  }

  async function send(files: readonly File[], to: readonly FilePerson[]): Promise<number> {
    let unreadable = 0;
    for (const chosen of files) {
      const source = await fileSource(chosen).catch(() => null);
      if (source === null) {
        unreadable += 1;
        continue;
      }
      const name = newId();
      sources.set(name, source);
      const { file } = source;
      play({
        type: 'files-chosen',
        at: performance.now(),
        chosen: to.map((person) => ({ transfer: newId(), source: name, file, to: person })),
      });
    }
    return unreadable;
  }

  peers.listenForFiles(arrived);
  return {
    get: state.get,
    subscribe: state.subscribe,
    dispatch: play,
    play,
    send,
    save: (transfer) => received.save(transfer),
  };
}
