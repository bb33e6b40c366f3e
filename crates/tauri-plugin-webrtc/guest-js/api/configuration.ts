// Reads and validates `RTCConfiguration` (W3C webrtc-pc, 4.2 and 4.4.1.6).
//
// Invariant: an invalid configuration changes nothing.

import type { Configuration as WireConfiguration } from '../bridge/wire.ts';
import { Certificate } from './certificate.ts';
import {
  ifGiven,
  isIterable,
  toDictionary,
  toEnforced,
  toEnum,
  toInstance,
  toSequence,
  toText,
} from './web-idl.ts';

export interface Configuration {
  readonly iceServers: readonly IceServer[];
  readonly iceTransportPolicy: 'all' | 'relay';
  readonly bundlePolicy: RTCBundlePolicy;
  /** RTP and RTCP always share a port, also with `negotiate`. */
  readonly rtcpMuxPolicy: 'require' | 'negotiate';
  readonly iceCandidatePoolSize: number;
  readonly certificates: readonly RTCCertificate[];
}

interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** RFC 8489, section 14.3: USERNAME is shorter than 509 bytes. Chromium accepts 509. */
const MAX_USERNAME_BYTES = 509;

export function readConfiguration(init: unknown): Configuration {
  const given = toDictionary(init, 'The configuration');
  const certificates =
    ifGiven(given['certificates'], (value) =>
      toSequence(value, (one) => toInstance(one, Certificate, 'A certificate'), 'certificates'),
    ) ?? [];
  // Only certificates of `generateCertificate` expire. The transport's own do not.
  if (certificates.some(({ expires }) => expires <= Date.now())) {
    throw new DOMException('A certificate has expired.', 'InvalidAccessError');
  }
  return {
    iceServers:
      ifGiven(given['iceServers'], (value) => toSequence(value, readServer, 'iceServers')) ?? [],
    iceTransportPolicy: choice(given, 'iceTransportPolicy', ['all', 'relay']),
    bundlePolicy: choice(given, 'bundlePolicy', ['balanced', 'max-bundle', 'max-compat']),
    rtcpMuxPolicy: choice(given, 'rtcpMuxPolicy', ['require', 'negotiate']),
    iceCandidatePoolSize:
      ifGiven(given['iceCandidatePoolSize'], (value) =>
        toEnforced(value, 255, 'iceCandidatePoolSize'),
      ) ?? 0,
    certificates,
  };
}

/** Throws where `setConfiguration` changes what may not change. */
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
      urls: [...urls],
      username: username ?? null,
      credential: credential ?? null,
    })),
    iceTransportPolicy: configuration.iceTransportPolicy,
  };
}

/** The first value is the default. */
function choice<T extends string>(
  given: Readonly<Record<string, unknown>>,
  name: string,
  values: readonly [T, ...T[]],
): T {
  return ifGiven(given[name], (value) => toEnum(value, values, name)) ?? values[0];
}

function readServer(value: unknown): IceServer {
  const server = toDictionary(value, 'An ICE server');
  // `urls` was called `url` until 2015. Some gateways still send that.
  const given = server['urls'] ?? server['url'];
  if (server['urls'] === undefined && given === undefined) {
    throw new TypeError('An ICE server needs urls.');
  }
  const list = isIterable(given) ? toSequence(given, toText, 'urls') : [toText(given)];
  const username = ifGiven(server['username'], toText);
  const credential = ifGiven(server['credential'], toText);
  if (list.length === 0) throw new DOMException('An ICE server has no URL.', 'SyntaxError');
  const urls = list.map(readUrl);
  if (urls.some((url) => url.startsWith('turn'))) checkCredentials(username, credential);
  return {
    urls,
    ...(username === undefined ? {} : { username }),
    ...(credential === undefined ? {} : { credential }),
  };
}

function checkCredentials(username: string | undefined, credential: string | undefined): void {
  if (!username || !credential) {
    throw new DOMException(
      'A TURN server needs a username and a credential.',
      'InvalidAccessError',
    );
  }
  if (new TextEncoder().encode(username).byteLength > MAX_USERNAME_BYTES) {
    throw new DOMException(
      `The username of a TURN server has at most ${MAX_USERNAME_BYTES} bytes.`,
      'InvalidAccessError',
    );
  }
}

const PORT = '(?::(\\d{1,5}))?';
const HOST = '(?:\\[[0-9A-Fa-f:.]+\\]|[^\\s:/?#@\\[\\]]+)';
const STUN_URL = new RegExp(`^stuns?:${HOST}${PORT}$`);
const TURN_URL = new RegExp(`^turns?:${HOST}${PORT}(?:\\?transport=(?:udp|tcp))?$`);

/** RFC 7064, section 3.1; RFC 7065, section 3.1. Returns the URL as the URL standard serializes it:
 *  trimmed, with the scheme in lower case. */
function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text).href : '';
  const match = STUN_URL.exec(url) ?? TURN_URL.exec(lowerTransport(url));
  const port = match?.[1] === undefined ? 1 : Number(match[1]);
  if (match === null || port === 0 || port > 65535) {
    throw new DOMException(`"${text}" is not the URL of an ICE server.`, 'SyntaxError');
  }
  return url;
}

function lowerTransport(url: string): string {
  return url.replace(/(?<=\?transport=).*/, (value) => value.toLowerCase());
}
