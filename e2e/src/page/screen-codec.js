// From now on this page's connections offer and accept video other than the camera's in this codec only.
// Returns whether the codec is known here.
const [mimeType] = arguments;
const codecs = RTCRtpReceiver.getCapabilities('video').codecs.filter(
  (codec) => codec.mimeType === mimeType,
);
if (codecs.length === 0) return false;
const prototype = window.RTCPeerConnection.prototype;
for (const name of ['createOffer', 'createAnswer', 'setLocalDescription']) {
  const native = prototype[name];
  prototype[name] = function (...given) {
    const isVideo = ({ receiver }) => receiver.track.kind === 'video';
    for (const transceiver of this.getTransceivers().filter(isVideo).slice(1)) {
      if (transceiver.currentDirection !== 'stopped') transceiver.setCodecPreferences(codecs);
    }
    return native.apply(this, given);
  };
}
return true;
