// Files among three pages: what arrives is what was sent, whatever breaks meanwhile.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { FilesEvent } from './events';
import type { Receiving, Sending } from './state';
import { MAX_OFFERS } from './step';
import {
  fileOf,
  FilesNetwork,
  hashOf,
  type Content,
  type FilesPage,
} from './testing/files-network';

let transfers = 0;

function contentOf(name: string, blocks: number): Content {
  return Array.from({ length: blocks }, (_, index) => `${name} ${index}`);
}

function send(from: FilesPage, to: readonly FilesPage[], name: string, blocks: number): string[] {
  const content = contentOf(name, blocks);
  const source = `source of ${name}`;
  from.sources.set(source, content);
  const chosen = to.map(({ session, email }) => {
    transfers += 1;
    const transfer = transfers.toString(16).padStart(32, '0');
    return { transfer, source, file: fileOf(name, content), to: { session, email } };
  });
  from.play({ type: 'files-chosen', at: from.network.now, chosen });
  return chosen.map(({ transfer }) => transfer);
}

type Press = 'accept' | 'refuse' | 'cancel' | 'pause' | 'resume';

function press(page: FilesPage, transfer: string, what: Press): void {
  page.play({ type: `file-${what}-pressed`, at: page.network.now, transfer });
}

function acceptAll(page: FilesPage): void {
  for (const { state, transfer } of page.state.receiving)
    if (state.kind === 'offered') press(page, transfer, 'accept');
}

function received(page: FilesPage): Readonly<Record<string, Content>> {
  const whole = [...page.disk.values()].filter((stored) => stored.whole);
  return Object.fromEntries(
    whole.map(({ file, blocks }) => [
      file.name,
      [...blocks].toSorted(([a], [b]) => a - b).map(([, text]) => text),
    ]),
  );
}

function endOf({ state }: Sending | Receiving): string {
  if (state.kind !== 'ended') return state.kind;
  const { end } = state;
  switch (end.kind) {
    case 'done':
      return 'done';
    case 'refused':
    case 'failed':
      return `${end.kind} ${end.reason}`;
    case 'cancelled':
      return `${end.kind} ${end.by}`;
  }
}

function ends(page: FilesPage): readonly string[] {
  return [...page.state.sending, ...page.state.receiving].map(endOf);
}

function two(seed = 1): { network: FilesNetwork; ana: FilesPage; ben: FilesPage } {
  const network = new FilesNetwork(seed, ['ana', 'ben']);
  network.connectAll();
  return { network, ana: network.page('ana'), ben: network.page('ben') };
}

/** Until this share of the blocks is on the disk. */
function until(network: FilesNetwork, page: FilesPage, blocks: number): void {
  const count = (): number =>
    [...page.disk.values()].reduce((sum, one) => sum + one.blocks.size, 0);
  while (count() < blocks) if (!network.advance()) throw new Error('It stopped before.');
}

const trips = (roundTripMs: number, at: number): FilesEvent => ({
  type: 'line-samples',
  at,
  samples: [{ peer: 'eva', path: 'udp', roundTripMs, heard: null }],
});

const heard = (samples: number, madeUp: number): FilesEvent => ({
  type: 'line-samples',
  at: samples / 48,
  samples: [{ peer: 'ben', path: null, roundTripMs: null, heard: { samples, madeUp } }],
});

function offers(ana: FilesPage, ben: FilesPage, count: number): void {
  for (let index = 0; index < count; index += 1) send(ana, [ben], `file ${index}`, 1);
}

describe('transfer', () => {
  it.each([0, 1, 2, 3, 40])('of_%d_blocks_arrives', (blocks) => {
    const { network, ana, ben } = two();
    send(ana, [ben], 'a', blocks);
    network.settle();
    acceptAll(ben);
    network.settle();
    expect(received(ben)).toEqual({ a: contentOf('a', blocks) });
    expect([ends(ana), ends(ben)]).toEqual([['done'], ['done']]);
  });

  it('waits_for_the_receivers_yes', () => {
    const { network, ana, ben } = two();
    send(ana, [ben], 'a', 3);
    network.settle();
    expect([ana.pushed, ben.disk.size]).toEqual([[], 0]);
    expect(ben.notes.map(({ code }) => code)).toEqual(['offered']);
  });

  it('with_a_name_that_hides_its_ending_is_told_without_the_trick', () => {
    const { network, ana, ben } = two();
    send(ana, [ben], 'photo \u202Egpj.exe', 1);
    network.settle();
    expect(ben.notes.map(({ file }) => file)).toEqual(['photo [U+202E]gpj.exe']);
  });

  it('has_two_blocks_without_an_acknowledgement', () => {
    const { network, ana, ben } = two();
    send(ana, [ben], 'a', 30);
    network.settle();
    acceptAll(ben);
    for (;;) {
      const [{ state } = { state: null }] = ana.state.sending;
      if (state?.kind === 'open') expect(state.pipeline.unkept.length).toBeLessThanOrEqual(2);
      if (!network.advance()) break;
    }
    expect(ends(ana)).toEqual(['done']);
  });

  it('to_all_goes_to_each', () => {
    const network = new FilesNetwork(3, ['ana', 'ben', 'eva']);
    network.connectAll();
    const [ana, ben, eva] = ['ana', 'ben', 'eva'].map((name) => network.page(name));
    if (ana === undefined || ben === undefined || eva === undefined) throw new Error('nobody');
    send(ana, [ben, eva], 'a', 5);
    network.settle();
    acceptAll(ben);
    acceptAll(eva);
    network.settle();
    const all = { a: contentOf('a', 5) };
    expect([received(ben), received(eva)]).toEqual([all, all]);
  });
});

describe('broken_connections', () => {
  it('whatever_breaks_everything_arrives', () => {
    const property = fc.property(fc.nat(), fc.integer({ min: 1, max: 12 }), (seed, breaks) => {
      const network = new FilesNetwork(seed, ['ana', 'ben', 'eva']);
      network.connectAll();
      network.flips = 0.1;
      const [ana, ben, eva] = ['ana', 'ben', 'eva'].map((name) => network.page(name));
      if (ana === undefined || ben === undefined || eva === undefined) throw new Error('nobody');
      send(ana, [ben, eva], 'one', 9);
      send(ben, [ana], 'two', 4);
      send(eva, [ana, ben], 'three', 6);
      for (let left = breaks; left > 0; left -= 1) {
        for (let steps = network.random.between(0, 60); steps > 0; steps -= 1) network.advance();
        for (const page of network.pages) acceptAll(page);
        const [a, b] = network.random.chance(0.5) ? [ana, ben] : [eva, ben];
        network.disconnect(a, b);
        for (let steps = network.random.between(0, 20); steps > 0; steps -= 1) network.advance();
        network.connect(a, b);
      }
      network.settle();
      for (const page of network.pages) acceptAll(page);
      network.settle();
      expect(received(ana)).toEqual({ two: contentOf('two', 4), three: contentOf('three', 6) });
      expect(received(ben)).toEqual({ one: contentOf('one', 9), three: contentOf('three', 6) });
      expect(received(eva)).toEqual({ one: contentOf('one', 9) });
      for (const page of network.pages) expect(new Set(ends(page))).toEqual(new Set(['done']));
    });
    fc.assert(property, { numRuns: 150 });
  });

  it('killed_receiver_gets_two_blocks_again_at_most', () => {
    const property = fc.property(fc.nat(), fc.integer({ min: 1, max: 29 }), (seed, kept) => {
      const { network, ana, ben } = two(seed);
      send(ana, [ben], 'a', 30);
      network.settle();
      acceptAll(ben);
      until(network, ben, kept);
      network.disconnect(ana, ben);
      ben.restart('another session');
      network.settle();
      network.connect(ana, ben);
      network.settle();
      // Nothing goes to another session by itself.
      expect(ben.state.receiving).toEqual([]);
      press(ana, ana.state.sending[0]?.transfer ?? '', 'resume');
      network.settle();
      expect(received(ben)).toEqual({ a: contentOf('a', 30) });
      expect(ends(ben)).toEqual(['done']);
      expect(ana.pushed.length - new Set(ana.pushed).size).toBeLessThanOrEqual(2);
    });
    fc.assert(property, { numRuns: 100 });
  });

  it('reloaded_receiver_goes_on_without_a_click', () => {
    const { network, ana, ben } = two(5);
    send(ana, [ben], 'a', 30);
    network.settle();
    acceptAll(ben);
    until(network, ben, 12);
    network.disconnect(ana, ben);
    ben.restart(ben.session);
    network.settle();
    network.connect(ana, ben);
    network.settle();
    expect(received(ben)).toEqual({ a: contentOf('a', 30) });
    expect(ben.notes.map(({ code }) => code)).toEqual(['offered', 'goes-on', 'received']);
  });

  it('restarted_sender_goes_on_when_it_offers_again', () => {
    const { network, ana, ben } = two(6);
    send(ana, [ben], 'a', 30);
    network.settle();
    acceptAll(ben);
    until(network, ben, 12);
    network.disconnect(ana, ben);
    ana.restart('another session');
    network.settle();
    network.connect(ana, ben);
    const before = ana.pushed.length;
    send(ana, [ben], 'a', 30);
    network.settle();
    expect(received(ben)).toEqual({ a: contentOf('a', 30) });
    expect(ana.pushed.length - before).toBe(18);
    expect(ends(ben)).toEqual(['done']);
  });

  it('part_of_another_person_needs_a_yes', () => {
    const network = new FilesNetwork(7, ['ana', 'ben', 'eva']);
    network.connectAll();
    const [ana, ben, eva] = ['ana', 'ben', 'eva'].map((name) => network.page(name));
    if (ana === undefined || ben === undefined || eva === undefined) throw new Error('nobody');
    send(ana, [ben], 'a', 30);
    network.settle();
    acceptAll(ben);
    until(network, ben, 12);
    network.disconnect(ana, ben);
    network.settle();
    send(eva, [ben], 'a', 30);
    network.settle();
    const offered = ben.state.receiving.find(({ state }) => state.kind === 'offered');
    expect(offered?.state).toEqual({ kind: 'offered', part: 'some' });
    expect(eva.pushed).toEqual([]);
  });

  it('file_under_way_that_is_offered_again_is_asked_for', () => {
    const { network, ana, ben } = two(8);
    send(ana, [ben], 'a', 30);
    network.settle();
    acceptAll(ben);
    until(network, ben, 12);
    const [again = ''] = send(ana, [ben], 'a', 30);
    network.settle();
    const offered = ben.state.receiving.find(({ transfer }) => transfer === again);
    expect(offered?.state.kind).toBe('offered');
    expect(received(ben)).toEqual({ a: contentOf('a', 30) });
  });
});

describe('flipped_byte', () => {
  it('brings_that_block_again', () => {
    const { network, ana, ben } = two(2);
    network.flips = 0.2;
    send(ana, [ben], 'a', 20);
    network.settle();
    acceptAll(ben);
    network.settle();
    expect(received(ben)).toEqual({ a: contentOf('a', 20) });
    expect(ana.pushed.length).toBeGreaterThan(20);
    expect(new Set(ana.pushed).size).toBe(20);
  });

  it('in_every_block_ends_the_transfer', () => {
    const { network, ana, ben } = two(2);
    network.flips = 1;
    send(ana, [ben], 'a', 20);
    network.settle();
    acceptAll(ben);
    network.settle();
    expect([received(ben), ends(ana), ends(ben)]).toEqual([
      {},
      ['failed damaged'],
      ['failed damaged'],
    ]);
    expect(ben.disk.size).toBe(0);
  });

  it('on_the_disk_is_found_by_a_resume', () => {
    const { network, ana, ben } = two(4);
    send(ana, [ben], 'a', 20);
    network.settle();
    acceptAll(ben);
    until(network, ben, 10);
    network.disconnect(ana, ben);
    network.settle();
    [...ben.disk.values()][0]?.blocks.set(3, 'something else');
    network.connect(ana, ben);
    network.settle();
    expect(received(ben)).toEqual({ a: contentOf('a', 20) });
  });
});

describe('answers', () => {
  it('refuse_ends_it_at_both_ends', () => {
    const { network, ana, ben } = two();
    const [transfer = ''] = send(ana, [ben], 'a', 3);
    network.settle();
    press(ben, transfer, 'refuse');
    network.settle();
    expect([ends(ana), ends(ben)]).toEqual([['refused declined'], ['refused declined']]);
    expect(ana.notes.map(({ code }) => code)).toEqual(['refused']);
  });

  it('person_without_files_is_asked_nothing', () => {
    const { network, ana, ben } = two();
    ben.play({ type: 'receives-changed', receives: 'never' });
    send(ana, [ben], 'a', 3);
    network.settle();
    expect([ends(ana), ben.state.receiving, ben.notes]).toEqual([['refused off'], [], []]);
  });

  it.each(['ana', 'ben'])('cancel_of_%s_ends_it_and_removes_the_part', (name) => {
    const { network, ana, ben } = two(9);
    const [transfer = ''] = send(ana, [ben], 'a', 30);
    network.settle();
    acceptAll(ben);
    until(network, ben, 5);
    press(network.page(name), transfer, 'cancel');
    network.settle();
    const [sent, got] = name === 'ana' ? ['self', 'other'] : ['other', 'self'];
    expect([ends(ana), ends(ben)]).toEqual([[`cancelled ${sent}`], [`cancelled ${got}`]]);
    expect(ben.disk.size).toBe(0);
  });

  it.each(['ana', 'ben'])('pause_of_%s_stops_until_resume', (name) => {
    const { network, ana, ben } = two(9);
    const [transfer = ''] = send(ana, [ben], 'a', 30);
    network.settle();
    acceptAll(ben);
    until(network, ben, 5);
    press(network.page(name), transfer, 'pause');
    network.settle();
    expect(ana.pushed.length).toBeLessThan(30);
    expect([ends(ana), ends(ben)]).toEqual([['open'], ['open']]);
    // A pause survives a new connection.
    network.disconnect(ana, ben);
    network.connect(ana, ben);
    network.settle();
    expect(received(ben)).toEqual({});
    press(network.page(name), transfer, 'resume');
    network.settle();
    expect(received(ben)).toEqual({ a: contentOf('a', 30) });
  });

  it('full_disk_is_said_and_goes_on_with_room', () => {
    const { network, ana, ben } = two(11);
    ben.room = 7;
    const [transfer = ''] = send(ana, [ben], 'a', 20);
    network.settle();
    acceptAll(ben);
    network.settle();
    expect(ben.notes.map(({ code }) => code)).toEqual(['offered', 'disk-full']);
    expect(ana.notes.map(({ code }) => code)).toEqual(['disk-full-there']);
    expect(ben.state.receiving[0]?.holds).toEqual(['disk-full']);
    press(ben, transfer, 'resume');
    network.settle();
    expect(ben.state.receiving[0]?.holds).toEqual(['disk-full']);
    ben.room = 100;
    press(ben, transfer, 'resume');
    network.settle();
    expect(received(ben)).toEqual({ a: contentOf('a', 20) });
  });
});

describe('pacing', () => {
  it('stops_while_a_round_trip_is_100_ms_longer', () => {
    const { network, ana, ben } = two(12);
    ana.play(trips(20, 0));
    ana.play(trips(125, 1000));
    send(ana, [ben], 'a', 10);
    network.settle();
    acceptAll(ben);
    network.settle();
    expect(ana.pushed).toEqual([]);
    ana.play(trips(90, 2000));
    network.settle();
    expect(ana.pushed).toEqual([]);
    ana.play(trips(40, 3000));
    network.settle();
    expect(received(ben)).toEqual({ a: contentOf('a', 10) });
  });

  it('sets_blocks_apart_while_audio_of_either_end_is_made_up', () => {
    const { ana } = two(12);
    ana.play(heard(0, 0));
    ana.play(heard(48_000, 9_600));
    ana.play(heard(96_000, 9_600));
    expect(ana.paces).toEqual([125, 93.75]);
  });

  it('peer_that_left_holds_nothing_up', () => {
    const { network, ana, ben } = two(12);
    ana.play(trips(20, 0));
    ana.play(trips(500, 1000));
    send(ana, [ben], 'a', 10);
    network.settle();
    acceptAll(ben);
    ana.play({ type: 'line-samples', at: 2000, samples: [] });
    network.settle();
    expect(received(ben)).toEqual({ a: contentOf('a', 10) });
  });

  it('person_who_leaves_gives_the_turn_to_the_next_file', () => {
    const network = new FilesNetwork(13, ['ana', 'ben', 'eva']);
    network.connectAll();
    const [ana, ben, eva] = [network.page('ana'), network.page('ben'), network.page('eva')];
    for (const name of ['a', 'b', 'c', 'd']) send(ana, [ben], name, 30);
    send(ana, [eva], 'e', 3);
    network.settle();
    acceptAll(eva);
    acceptAll(ben);
    until(network, ben, 8);
    expect(eva.disk.size).toBe(1);
    expect(ana.state.sending.map(({ state }) => state.kind)).toEqual(Array(5).fill('open'));
    network.disconnect(ana, ben);
    network.settle();
    expect(received(eva)).toEqual({ e: contentOf('e', 3) });
  });
});

describe('bad_input', () => {
  it('many_files_are_offered_a_few_at_a_time', () => {
    const { network, ana, ben } = two();
    offers(ana, ben, MAX_OFFERS + 5);
    network.settle();
    expect(ben.state.receiving).toHaveLength(MAX_OFFERS);
    acceptAll(ben);
    network.settle();
    acceptAll(ben);
    network.settle();
    expect(Object.keys(received(ben))).toHaveLength(MAX_OFFERS + 5);
    expect(ben.state.faults).toEqual({});
  });

  it('too_many_offers_are_refused_and_said_once', () => {
    const { network, ana, ben } = two();
    for (let index = 0; index < MAX_OFFERS + 5; index += 1) {
      const transfer = (index + 1000).toString(16).padStart(32, '0');
      const file = fileOf(`file ${index}`, ['x']);
      const message = { type: 'file-offer', transfer, file } as const;
      ben.play({ type: 'file-message', at: 0, from: 'ana', message });
    }
    network.settle();
    expect(ben.state.receiving).toHaveLength(MAX_OFFERS);
    expect(ben.notes.filter(({ code }) => code === 'too-many')).toHaveLength(1);
    expect(ben.state.faults[ana.session]).toBe(5);
  });

  it.each<[string, 'kept' | 'again', number]>([
    ['acknowledgement_of_what_was_never_sent', 'kept', 17],
    ['request_for_a_block_that_had_no_turn', 'again', 17],
    ['request_for_a_block_that_is_not_there', 'again', 4_000_000_000],
  ])('%s_ends_it', (_, answer, block) => {
    const { network, ana, ben } = two(13);
    const [transfer = ''] = send(ana, [ben], 'a', 20);
    network.settle();
    acceptAll(ben);
    until(network, ben, 3);
    ana.play({ type: 'block-answered', at: 0, transfer, answer, block });
    network.settle();
    expect(ends(ana)).toEqual(['failed broken']);
    expect(ana.notes.map(({ code }) => code)).toEqual(['broken']);
    expect(ana.state.faults[ben.session]).toBe(1);
    expect(ends(ben)).toEqual(['failed broken']);
  });

  it('done_before_the_end_ends_it', () => {
    const { network, ana, ben } = two(13);
    const [transfer = ''] = send(ana, [ben], 'a', 20);
    network.settle();
    acceptAll(ben);
    until(network, ben, 3);
    ana.play({
      type: 'file-message',
      at: 0,
      from: 'ben',
      message: { type: 'file-done', transfer },
    });
    expect(ends(ana)).toEqual(['failed broken']);
  });

  it('accept_of_another_size_ends_it', () => {
    const { network, ana, ben } = two(13);
    const [transfer = ''] = send(ana, [ben], 'a', 20);
    network.settle();
    const message = { type: 'file-accept', transfer, size: 5, have: [] } as const;
    ana.play({ type: 'file-message', at: 0, from: 'ben', message });
    expect(ends(ana)).toEqual(['failed broken']);
  });

  it('wrong_root_ends_it_and_keeps_nothing', () => {
    const { network, ana, ben } = two(13);
    const [transfer = ''] = send(ana, [ben], 'a', 20);
    network.settle();
    acceptAll(ben);
    until(network, ben, 3);
    const claimed = hashOf('x');
    ben.play({ type: 'root-arrived', at: 0, transfer, claimed, hash: claimed });
    expect([ends(ben), ben.disk.size]).toEqual([['failed broken'], 0]);
  });

  it('third_person_cannot_speak_of_a_transfer', () => {
    const network = new FilesNetwork(14, ['ana', 'ben', 'eva']);
    network.connectAll();
    const [ana, ben] = [network.page('ana'), network.page('ben')];
    const [transfer = ''] = send(ana, [ben], 'a', 4);
    network.settle();
    for (const page of [ana, ben]) {
      page.play({
        type: 'file-message',
        at: 0,
        from: 'eva',
        message: { type: 'file-cancel', transfer, reason: 'person' },
      });
    }
    const file = fileOf('b', contentOf('b', 1));
    const stolen = { type: 'file-offer', transfer, file } as const;
    ben.play({ type: 'file-message', at: 0, from: 'eva', message: stolen });
    acceptAll(ben);
    network.settle();
    expect(received(ben)).toEqual({ a: contentOf('a', 4) });
    expect(ben.state.faults).toEqual({ 'session of eva': 2 });
  });

  it('channel_that_nobody_asked_for_is_closed', () => {
    const { ana, ben } = two();
    const [peer] = ben.state.peers;
    const transfer = 'f'.repeat(32);
    ben.play({ type: 'channel-arrived', at: 0, peer: peer?.peer ?? '', transfer });
    expect(ben.state.faults).toEqual({ [ana.session]: 1 });
  });
});
