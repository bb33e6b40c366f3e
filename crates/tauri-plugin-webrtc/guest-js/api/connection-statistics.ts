// Collects the input of `getStats` for one connection.

import type { Jsep } from '../jsep/state.ts';
import type { DataChannels } from './data-channels.ts';
import { transceiverControl, type RtpTransceiver } from './rtp-transceiver.ts';
import { buildStatistics, type StatisticsInput } from './statistics.ts';
import { StatsReport } from './stats-report.ts';
import type { Transceivers } from './transceivers.ts';
import { CONSTRUCTOR_KEY } from './transports.ts';
import type { TransportConnection } from './transport-connection.ts';
import { ports } from './environment.ts';

interface Connection {
  readonly jsep: () => Jsep;
  readonly transport: TransportConnection;
  readonly channels: DataChannels;
  readonly transceivers: Transceivers;
}

export async function connectionStatistics(
  { jsep, transport, channels, transceivers }: Connection,
  selected: StatisticsInput['selected'],
): Promise<StatsReport> {
  const [statistics, counts] = await Promise.all([transport.statistics(), ports().media.counts()]);
  const entries = buildStatistics({
    timestamp: performance.timeOrigin + performance.now(),
    ice: jsep().local,
    session: jsep().session,
    statistics,
    counts,
    transceivers: jsep().transceivers.flatMap(({ id, kind, negotiated }) => {
      const transceiver = transceivers.get(id);
      if (transceiver === undefined) return [];
      const { sender, receiver } = transceiver;
      return {
        id,
        kind,
        mid: negotiated.mid,
        track: sender.track?.id ?? null,
        source: transceivers.control(id)?.sender.sourceId() ?? null,
        receivedTrack: receiver.track.id,
      };
    }),
    channels: [...channels.entries()].map(([channel, one]) => ({
      channel,
      id: one.id,
      label: one.label,
      protocol: one.protocol,
      state: one.readyState,
    })),
    channelsOpened: channels.opened,
    channelsClosed: channels.closed,
    iceState: transport.iceState,
    dtlsState: transport.dtlsState,
    fingerprint: transport.knownFingerprint,
    selected,
  });
  return new StatsReport(CONSTRUCTOR_KEY, entries);
}

/** What a track selects. Null unless exactly one sender or receiver has the track. */
export function selectedBy(
  track: MediaStreamTrack,
  transceivers: readonly RtpTransceiver[],
): StatisticsInput['selected'] {
  const found = transceivers.flatMap((one) => {
    const { id } = transceiverControl(one);
    const out =
      one.sender.track === track ? [{ transceiver: id, direction: 'outbound' as const }] : [];
    const into =
      one.receiver.track === track ? [{ transceiver: id, direction: 'inbound' as const }] : [];
    return [...out, ...into];
  });
  const [selected] = found;
  return selected !== undefined && found.length === 1 ? selected : null;
}
