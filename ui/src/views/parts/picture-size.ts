// The video size of an element.

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Null while there is none. */
export function pictureSizeOf(video: HTMLVideoElement): PictureSize | null {
  const shown = video.videoWidth > 0 && video.readyState >= HTMLMediaElement.HAVE_METADATA;
  return shown ? { width: video.videoWidth, height: video.videoHeight } : null;
}
