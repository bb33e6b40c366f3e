// What the page loads to be in a room.

export { signedIdentity, vouchesFor } from './identity-signature';
export { changeEntry } from './change-entry';
export { EPOCH_SECRET_BYTES } from './epoch';
export { open } from './open';
export { emailAtRelay, proofAtRelay, seal, sealOwnStatus } from './seal';
export { enterSealedRoom, type SealedRoom } from './sealed-room';
export { openStay, reloaded, sealedStay } from './stay';
export { STATUS_NONCE_BYTES } from './status-box';
export { readSecret, roomKeys, SECRET_BYTES } from './link-secret';
