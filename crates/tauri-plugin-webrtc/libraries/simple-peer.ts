// simple-peer: one of its ends, as its README shows it.

import SimplePeer from 'simple-peer/simplepeer.min.js';

import type { Surroundings } from './library.ts';

export function begin({ isCaller, stream, send, heard, seen }: Surroundings): (m: unknown) => void {
  const peer = new SimplePeer({ initiator: isCaller, stream });
  peer.on('signal', send);
  peer.on('connect', () => peer.send('from simple-peer'));
  peer.on('data', (bytes) => heard(new TextDecoder().decode(bytes)));
  peer.on('track', seen);
  peer.on('error', (error) => {
    throw error;
  });
  return (message) => peer.signal(message);
}
