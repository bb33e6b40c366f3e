// The configuration of the connections of a test.

import type { IceServerConfig } from '../../../engine/state';

export function configurationOf(
  servers: readonly IceServerConfig[],
  iceTransportPolicy: RTCIceTransportPolicy,
): RTCConfiguration {
  const iceServers = servers.map((server) => ({ ...server, urls: [...server.urls] }));
  return { iceServers, iceTransportPolicy };
}
