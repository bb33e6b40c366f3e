// Shows a stream, and plays its sound: a `video` that follows its source.
//
// Invariant: the element stays for as long as the person does, so the sound goes on while there is
// no picture; whether there is one is told by `onPicture`.

import { useEffect, useRef, type ComponentProps } from 'react';

import type { StreamSource } from '../../ports';
import { useStore } from '../use-store';
import { pictureSizeOf, type PictureSize } from './picture-size';

interface Props extends Omit<ComponentProps<'video'>, 'src' | 'muted' | 'ref'> {
  readonly source: StreamSource;
  readonly label: string;
  /** The size of the picture that arrives; null while there is none. */
  readonly onPicture?: (size: PictureSize | null) => void;
  /** The engine wants a press of a button before it plays sound. */
  readonly onSoundRefused?: (video: HTMLVideoElement) => void;
}

export function StreamVideo({ source, label, onPicture, onSoundRefused, ...rest }: Props) {
  const ref = useRef<HTMLVideoElement>(null);
  const stream = useStore(source);
  const refused = useRef(onSoundRefused);
  useEffect(() => {
    refused.current = onSoundRefused;
  });

  useEffect(() => {
    const video = ref.current;
    if (video === null) return;
    if (video.srcObject !== stream) video.srcObject = stream;
    if (stream === null) return;
    video.play().catch((error: unknown) => {
      const name = error instanceof DOMException ? error.name : '';
      // Other refusals are a newer stream taking over, which plays by itself.
      if (name === 'NotAllowedError') refused.current?.(video);
    });
  }, [stream]);

  useEffect(() => {
    const video = ref.current;
    // An element that is thrown away with a stream goes on playing it, threads and all, until it is
    // collected.
    return () => {
      if (video !== null) video.srcObject = null;
    };
  }, []);

  function tell() {
    const video = ref.current;
    if (video === null || onPicture === undefined) return;
    onPicture(pictureSizeOf(video));
  }

  return (
    // oxlint-disable-next-line jsx-a11y/media-has-caption -- nobody writes captions for a live call
    <video
      {...rest}
      ref={ref}
      aria-label={label}
      autoPlay
      playsInline
      disablePictureInPicture
      onLoadedData={tell}
      onResize={tell}
      onEmptied={tell}
    />
  );
}
