// Runs in a page that sends files. Keeps the number of each block whose first piece is sent, and
// flips one bit in the first piece of block `arguments[0]`, once; null flips nothing.
const flip = arguments[0];
const blocks = [];
Object.defineProperty(window, 'sentBlocks', { value: blocks, configurable: true });
const send = RTCDataChannel.prototype.send;
let flipped = flip === null;
RTCDataChannel.prototype.send = function (message) {
  if (message instanceof Uint8Array && message[0] === 1) {
    const view = new DataView(message.buffer, message.byteOffset);
    if (view.getUint32(5) === 0) {
      blocks.push(view.getUint32(1));
      if (!flipped && view.getUint32(1) === flip) {
        flipped = true;
        message[100] ^= 1;
      }
    }
  }
  return send.call(this, message);
};
