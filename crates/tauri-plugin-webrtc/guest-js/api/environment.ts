// What the API classes share: the ports that `install` opened, ids and random numbers.

import type { Ports } from '../ports.ts';

let opened: Ports | null = null;
let lastConnection = 0;
let lastReceiver = 0;
let lastCertificate = 0;

export function setPorts(made: Ports): void {
  opened = made;
}

export function ports(): Ports {
  if (opened === null) {
    throw new DOMException('install() has not been called.', 'InvalidStateError');
  }
  return opened;
}

/** Unique within the page, also across bridges. */
export function nextConnectionId(): number {
  lastConnection += 1;
  return lastConnection;
}

export function nextCertificateId(): number {
  lastCertificate += 1;
  return lastCertificate;
}

export function nextReceiverId(): number {
  lastReceiver += 1;
  return lastReceiver;
}

export function random32(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}
