// Plays a stream in a `video` element.
//
// Invariant: the element stays mounted, so the audio continues without video; `onPicture` reports
// the video.

import { useEffect, useRef, type ComponentProps } from 'react';

import type { StreamSource } from '../../ports';
import { useStore } from '../use-store';
import { pictureSizeOf, type PictureSize } from './picture-size';

interface Props extends Omit<ComponentProps<'video'>, 'src' | 'muted' | 'ref'> {
  readonly source: StreamSource;
  readonly label: string;
  /** From 0 to 1. */
  readonly volume?: number;
  readonly heard?: 'yes' | 'muted';
  /** The size of the received video; null while there is none. */
  readonly onPicture?: (size: PictureSize | null) => void;
  /** The browser requires a user gesture before it plays audio. */
  readonly onSoundRefused?: (video: HTMLVideoElement) => void;
}

export function StreamVideo({ source, label, onPicture, onSoundRefused, ...others }: Props) {
  const { volume = 1, heard = 'yes', ...rest } = others;
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
      // Other rejections come from a newer stream, which plays automatically.
      if (name === 'NotAllowedError') refused.current?.(video);
    });
  }, [stream]);

  useEffect(() => {
    const video = ref.current;
    if (video === null) return;
    video.volume = volume;
    video.muted = heard === 'muted';
  }, [volume, heard]);

  useEffect(() => {
    const video = ref.current;
    // A removed element with a stream keeps playing until it is garbage collected.
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
