// The room in an invite link, as a page of one relay understands it.
//
// Invariant: only links to this very relay are understood; a browser page cannot go to another.

const SCHEMES = ['http:', 'https:', 'snug:'];

/** `origin` is the page's own. */
export function readRoom(link: string, origin: string): string | null {
  const text = link.trim();
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const here = new URL(origin);
  if (!SCHEMES.includes(url.protocol)) return null;
  const isHere =
    url.protocol === 'snug:'
      ? // The app's links leave out what the host implies: TLS outside, the relay's port within.
        url.hostname === here.hostname && (url.port === '' || url.port === portOf(here))
      : url.origin === here.origin;
  return isHere ? roomOfPath(url.pathname) : null;
}

export function roomOfPath(path: string): string | null {
  return /^\/r\/([A-Za-z0-9_.-]{1,128})\/*$/.exec(path)?.[1] ?? null;
}

function portOf(url: URL): string {
  if (url.port !== '') return url.port;
  return url.protocol === 'https:' ? '443' : '80';
}
