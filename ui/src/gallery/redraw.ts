// Drawn pictures move, for people who look at them. For checks, `?pictures=still` leaves the
// processor to the check.

const STILL_AFTER_MS = 50;

export function redraw(draw: () => void, everyMs: number): void {
  const isStill = new URLSearchParams(location.search).get('pictures') === 'still';
  // Once more: a stream of a canvas begins with what is drawn after it.
  if (isStill) setTimeout(draw, STILL_AFTER_MS);
  else setInterval(draw, everyMs);
}
