// Gives every sent camera this size and rate.
const [width, height, frameRate] = arguments;
return (async () => {
  const senders = window.snugProbe.senders();
  const tracks = senders.map(({ track }) => track).filter((track) => track?.kind === 'video');
  for (const track of tracks) {
    await track.applyConstraints({
      width: { exact: width },
      height: { exact: height },
      frameRate: { exact: frameRate },
    });
  }
})();
