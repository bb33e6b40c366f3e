// Whether this engine can capture a screen. Phones cannot, and a page that is no secure context.

export function canCaptureScreen(): boolean {
  const { mediaDevices } = navigator as Partial<Pick<Navigator, 'mediaDevices'>>;
  return mediaDevices !== undefined && 'getDisplayMedia' in mediaDevices;
}
