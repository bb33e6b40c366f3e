// From now on this page's connections offer and accept video in this codec only: `mimeType`, and the
// text that its parameters must contain. Returns whether the codec is known here.
const [mimeType, parameters] = arguments;
const codecs = () =>
  RTCRtpReceiver.getCapabilities('video').codecs.filter(
    (codec) =>
      codec.mimeType === mimeType &&
      parameters.every((one) => (codec.sdpFmtpLine ?? '').includes(one)),
  );
if (codecs().length === 0) return false;
const prototype = window.RTCPeerConnection.prototype;
const { setLocalDescription } = prototype;
prototype.setLocalDescription = function (...given) {
  for (const transceiver of this.getTransceivers()) {
    const isVideo = transceiver.receiver.track.kind === 'video';
    if (isVideo && transceiver.direction !== 'stopped') transceiver.setCodecPreferences(codecs());
  }
  return setLocalDescription.apply(this, given);
};
return true;
