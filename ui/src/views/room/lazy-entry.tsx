// Who comes into a private room; loaded when a private room is shown.

import { LazyPart } from '../parts/lazy-part';

const load = async () => (await import('./entry')).Entry;
const NOTHING = {};

export function LazyEntry() {
  return <LazyPart load={load} of={NOTHING} />;
}
