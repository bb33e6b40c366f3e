// `RTCConfiguration` and what is wrong with one (W3C webrtc-pc, 4.2 and 4.4.1.6).
//
// Invariant: what is refused is refused whole, before anything of it is taken.

import type { Configuration as WireConfiguration } from '../road/wire.ts';

export interface Configuration {
  readonly iceServers: readonly IceServer[];
  readonly iceTransportPolicy: 'all' | 'relay';
  readonly bundlePolicy: RTCBundlePolicy;
  readonly rtcpMuxPolicy: 'require';
  readonly iceCandidatePoolSize: number;
  readonly certificates: readonly RTCCertificate[];
}

interface IceServer {
  readonly urls: string | readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

export function readConfiguration(init: unknown): Configuration {
  if (init !== undefined && init !== null && typeof init !== 'object') {
    throw new TypeError('The configuration is not an object.');
  }
  const given = (init ?? {}) as RTCConfiguration;
  const certificates = [...(given.certificates ?? [])];
  // A certificate made by `generateCertificate` expires; the transport's own do not.
  if (certificates.some(({ expires }) => expires <= Date.now())) {
    throw new DOMException('A certificate has expired.', 'InvalidAccessError');
  }
  const poolSize = Number(given.iceCandidatePoolSize ?? 0);
  if (!Number.isInteger(poolSize) || poolSize < 0 || poolSize > 255) {
    throw new TypeError('iceCandidatePoolSize is a number from 0 to 255.');
  }
  return {
    iceServers: [...(given.iceServers ?? [])].map(readServer),
    iceTransportPolicy: choice(given.iceTransportPolicy, ['all', 'relay'], 'iceTransportPolicy'),
    bundlePolicy: choice(
      given.bundlePolicy,
      ['balanced', 'max-bundle', 'max-compat'],
      'bundlePolicy',
    ),
    rtcpMuxPolicy: choice(given.rtcpMuxPolicy, ['require'], 'rtcpMuxPolicy'),
    iceCandidatePoolSize: poolSize,
    certificates,
  };
}

/** For `setConfiguration`: what must stay as it was. */
export function checkChange(before: Configuration, after: Configuration): void {
  const same =
    before.bundlePolicy === after.bundlePolicy &&
    before.rtcpMuxPolicy === after.rtcpMuxPolicy &&
    (after.certificates.length === 0 ||
      (before.certificates.length === after.certificates.length &&
        before.certificates.every((one, index) => one === after.certificates[index])));
  if (same) return;
  throw new DOMException(
    'bundlePolicy, rtcpMuxPolicy and certificates cannot be changed.',
    'InvalidModificationError',
  );
}

export function wireConfiguration(configuration: Configuration): WireConfiguration {
  return {
    iceServers: configuration.iceServers.map(({ urls, username, credential }) => ({
      urls: typeof urls === 'string' ? [urls] : [...urls],
      username: username ?? null,
      credential: credential ?? null,
    })),
    iceTransportPolicy: configuration.iceTransportPolicy,
  };
}

/** The first is the default. */
function choice<T extends string>(
  value: string | undefined,
  values: readonly [T, ...T[]],
  name: string,
): T {
  if (value === undefined) return values[0];
  const found = values.find((one) => one === value);
  if (found === undefined) throw new TypeError(`"${value}" is no ${name}.`);
  return found;
}

function readServer(server: RTCIceServer): IceServer {
  if (server?.urls === undefined) throw new TypeError('An ICE server has urls.');
  const urls = typeof server.urls === 'string' ? server.urls : [...server.urls].map(String);
  const list = typeof urls === 'string' ? [urls] : urls;
  if (list.length === 0) throw new DOMException('An ICE server has no URL.', 'SyntaxError');
  for (const url of list) {
    const scheme = serverScheme(url);
    const isRelay = scheme === 'turn' || scheme === 'turns';
    if (isRelay && (server.username === undefined || server.credential === undefined)) {
      throw new DOMException(
        'A TURN server needs a username and a credential.',
        'InvalidAccessError',
      );
    }
  }
  return {
    urls,
    ...(server.username === undefined ? {} : { username: String(server.username) }),
    ...(server.credential === undefined ? {} : { credential: String(server.credential) }),
  };
}

const PORT = '(?::(\\d{1,5}))?';
const HOST = '(?:\\[[0-9A-Fa-f:.]+\\]|[^\\s:/?#@\\[\\]]+)';
const STUN_URL = new RegExp(`^(stuns?):${HOST}${PORT}$`, 'i');
const TURN_URL = new RegExp(`^(turns?):${HOST}${PORT}(?:\\?transport=(udp|tcp))?$`, 'i');

/** RFC 7064, section 3.1; RFC 7065, section 3.1. */
function serverScheme(url: string): string {
  const match = STUN_URL.exec(url) ?? TURN_URL.exec(url);
  if (match === null || Number(match[2] ?? 0) > 65535) {
    throw new DOMException(`"${url}" is not the URL of an ICE server.`, 'SyntaxError');
  }
  return (match[1] ?? '').toLowerCase();
}
