// Statistics of a peer as the budget's event.

import { describe, expect, it } from 'vitest';

import type { PeerStatistics, RemoteReport } from '../connection-report/statistics';
import { sentCamera, statistics } from '../connection-report/testing/statistics';
import { peerStats } from './sample';

function report(count: number | null, roundTripMs: number, loss: number): RemoteReport {
  return { packetsLost: 0, loss, roundTrips: { roundTripMs, count } };
}

function sample(before: Partial<PeerStatistics>, now: Partial<PeerStatistics>) {
  return peerStats('ben', statistics({ at: 1000, ...before }), statistics({ at: 2000, ...now }));
}

describe('peer_stats', () => {
  it('sent_bits_have_headers_of_datagrams', () => {
    const event = sample(
      { bytesSent: 0, packetsSent: 0 },
      { bytesSent: 100_000, packetsSent: 100 },
    );
    expect(event?.sentBps).toBe((100_000 + 2800) * 8);
  });

  it('packets_of_streams_stand_in_for_those_of_the_transport', () => {
    const event = sample(
      { packetsSent: null, sent: [sentCamera({ packets: 50 })] },
      { packetsSent: null, sent: [sentCamera({ packets: 150 })] },
    );
    expect(event?.sentBps).toBe(2800 * 8);
  });

  it('only_new_round_trips_count', () => {
    const checks = { roundTripMs: 30, count: 5 };
    expect(sample({ checks }, { checks })?.roundTripMs).toBeNull();
    expect(sample({ checks }, { checks: { ...checks, count: 6 } })?.roundTripMs).toBe(30);
    const sent = [sentCamera({ remote: report(2, 25, 0) })];
    const later = [sentCamera({ remote: report(3, 28, 0) })];
    expect(sample({ checks, sent }, { checks, sent: later })?.roundTripMs).toBe(28);
  });

  it('without_counts_a_changed_round_trip_is_new', () => {
    const sent = [sentCamera({ remote: report(null, 25, 0.1) })];
    const later = [sentCamera({ remote: report(null, 26, 0.1) })];
    expect(sample({ sent }, { sent })).toMatchObject({ roundTripMs: null, loss: null });
    expect(sample({ sent }, { sent: later })).toMatchObject({ roundTripMs: 26, loss: 0.1 });
  });

  it('loss_is_weighed_by_packets', () => {
    const before = [
      sentCamera({ packets: 0, remote: report(1, 20, 0) }),
      sentCamera({ slot: 'microphone', packets: 0, remote: report(1, 20, 0) }),
    ];
    const now = [
      sentCamera({ packets: 150, remote: report(2, 20, 0.1) }),
      sentCamera({ slot: 'microphone', packets: 50, remote: report(2, 20, 0.02) }),
    ];
    expect(sample({ sent: before }, { sent: now })?.loss).toBeCloseTo(0.08);
  });

  it('camera_has_frames_and_time_of_one', () => {
    const camera = { framesCaptured: 10, framesEncoded: 10, encodeSeconds: 1 };
    const event = sample(
      { sent: [sentCamera(camera)] },
      {
        sent: [
          sentCamera({
            framesCaptured: 40,
            framesEncoded: 30,
            encodeSeconds: 1.2,
            limitation: 'processor',
          }),
        ],
      },
    );
    expect(event?.frames).toEqual({ captured: 30, encoded: 20 });
    expect(event?.encodeMs).toBeCloseTo(10);
    expect(event?.limitation).toBe('processor');
  });

  it('new_connection_gives_nothing', () => {
    expect(sample({ bytesSent: 5000 }, { bytesSent: 10 })).toBeNull();
    expect(sample({ at: 2000 }, {})).toBeNull();
  });
});
