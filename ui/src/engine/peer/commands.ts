// What the call may have its peers do.

export { applyNegotiation } from './exchange';
export { acceptPeer, callPeer, closePeer } from './open';
export { detach, expectReplacement, provePeer, provePeersTo, rekey } from './reattach';
