// From statistics to what a person reads.

import { describe, expect, it } from 'vitest';

import type { PeerId } from '../ids';
import { detailLines } from './details';
import { judge, type Judgement } from './judgement';
import { reportOf, withStatistics, type ConnectionReport, type StatisticsHistory } from './report';
import type { PeerStatistics } from './statistics';
import { receivedCamera, sentCamera, statistics } from './testing/statistics';

function report(...all: readonly Partial<PeerStatistics>[]): ConnectionReport {
  const history = all.map(statistics).reduce<StatisticsHistory>(withStatistics, []);
  const made = reportOf(history);
  if (made === null) throw new Error('There are no statistics.');
  return made;
}

function remote(packetsLost: number) {
  return { packetsLost, loss: null, roundTrips: null };
}

function ofBen(...reports: readonly ConnectionReport[]): Judgement | undefined {
  const names: readonly PeerId[] = ['ben', 'cam', 'dan'];
  return judge(new Map(reports.map((one, index) => [names[index] ?? '', one]))).get('ben');
}

describe('report', () => {
  it('rates_and_loss_are_between_two_statistics', () => {
    const made = report(
      {
        at: 1000,
        bytesSent: 1000,
        bytesReceived: 500,
        sent: [sentCamera({ bytes: 800, packets: 100, remote: remote(10) })],
        received: [receivedCamera({ bytes: 400, packets: 100, packetsLost: 50 })],
      },
      {
        at: 3000,
        bytesSent: 251_000,
        bytesReceived: 125_500,
        availableOutgoingBps: 2_000_000,
        sent: [
          sentCamera({ bytes: 200_800, packets: 300, remote: remote(14), limitation: 'line' }),
        ],
        received: [receivedCamera({ bytes: 100_400, packets: 290, packetsLost: 60 })],
      },
    );
    expect(made).toEqual({
      path: { kind: 'direct', protocol: 'udp' },
      roundTripMs: 20,
      sentBps: 1_000_000,
      receivedBps: 500_000,
      availableBps: 2_000_000,
      lossReceived: 0.05,
      lossSent: 0.02,
      sent: [
        {
          slot: 'camera',
          bps: 800_000,
          width: 640,
          height: 360,
          framesPerSecond: 20,
          limitation: 'line',
        },
      ],
      received: [
        {
          slot: 'camera',
          bps: 400_000,
          width: 1280,
          height: 720,
          framesPerSecond: 30,
          limitation: null,
        },
      ],
    });
  });

  it('first_statistics_have_no_rates', () => {
    const { sentBps, receivedBps, lossReceived, lossSent } = report({ at: 5 });
    expect({ sentBps, receivedBps, lossReceived, lossSent }).toEqual({
      sentBps: null,
      receivedBps: null,
      lossReceived: null,
      lossSent: null,
    });
  });

  it('only_the_last_5_s_count', () => {
    const all = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((second) => ({
      at: second * 1000,
      bytesSent: second < 4 ? second * 100_000 : 400_000,
    }));
    expect(report(...all).sentBps).toBe(0);
  });

  it('counters_that_went_back_begin_again', () => {
    const { sentBps } = report({ at: 0, bytesSent: 9000 }, { at: 1000, bytesSent: 10 });
    expect(sentBps).toBeNull();
  });

  it('slot_that_is_new_has_lost_nothing', () => {
    const { lossReceived } = report(
      { at: 0 },
      { at: 1000, received: [receivedCamera({ packets: 10, packetsLost: 500 })] },
    );
    expect(lossReceived).toBeNull();
  });

  it.each<[string, Partial<PeerStatistics>, ConnectionReport['path']]>([
    ['no_path_yet', { path: null }, null],
    ['direct', { path: 'prflx/udp' }, { kind: 'direct', protocol: 'udp' }],
    [
      'own_relay',
      { path: 'relay/tls', relayedBy: 'self' },
      { kind: 'relayed', protocol: 'tls', by: 'self' },
    ],
    ['no_protocol', { path: 'host' }, { kind: 'direct', protocol: null }],
  ])('path_is_read: %s', (_, change, path) => {
    expect(report(change).path).toEqual(path);
  });
});

describe('judgement', () => {
  const good = report({ at: 0 }, { at: 1000, bytesReceived: 9000 });
  const lossy: ConnectionReport = { ...good, lossReceived: 0.041 };
  const late: ConnectionReport = { ...good, roundTripMs: 512.4 };
  const camera = sentCamera({});
  const limited = (limitation: 'line' | 'processor'): ConnectionReport => ({
    ...good,
    sent: [{ ...camera, bps: 1, limitation }],
  });

  it.each<[string, readonly ConnectionReport[], Judgement]>([
    ['good', [good], { code: 'good' }],
    [
      'relayed',
      [{ ...good, path: { kind: 'relayed', protocol: 'udp', by: 'self' } }],
      { code: 'relayed' },
    ],
    ['no_path', [{ ...good, path: null }], { code: 'unknown' }],
    ['nothing_arrives', [{ ...good, receivedBps: 0 }], { code: 'silent' }],
    ['loss_of_two', [lossy], { code: 'loses', line: 'either', percent: 4 }],
    ['loss_of_one_of_three', [lossy, good, good], { code: 'loses', line: 'peer', percent: 4 }],
    ['loss_of_most', [lossy, lossy, good], { code: 'loses', line: 'own', percent: 4 }],
    ['late_of_one', [late, good], { code: 'late', line: 'peer', roundTripMs: 512 }],
    ['narrow', [limited('line'), limited('line')], { code: 'narrow', line: 'own' }],
    ['processor', [limited('processor'), good], { code: 'processor' }],
  ])('%s_is_judged', (_, reports, judgement) => {
    expect(ofBen(...reports)).toEqual(judgement);
  });
});

describe('details', () => {
  it('lines_have_figures_and_units', () => {
    const made = report(
      { at: 0, sent: [sentCamera({})] },
      {
        at: 1000,
        bytesSent: 125_000,
        sent: [sentCamera({ bytes: 100_000, limitation: 'processor' })],
        path: 'relay/tls',
        relayedBy: 'self',
      },
    );
    expect(detailLines('Ben', made, { code: 'loses', line: 'peer', percent: 4 })).toEqual([
      'Ben: loses line=peer percent=4',
      '  path: relayed by self, tls',
      '  round trip: 20 ms',
      '  loss received: unknown',
      '  loss sent: unknown',
      '  sent: 1000 kbit/s',
      '  received: 0 kbit/s',
      '  available: unknown',
      '  sent camera: 640x360, 20 fps, 800 kbit/s, limited by processor',
    ]);
  });
});
