// The chat in a chunk of its own, loaded when it is first opened.

import type { PanelProps } from '../panel/panel';
import { LazyPart } from '../parts/lazy-part';

const load = async () => (await import('./chat-panel')).ChatPanel;

export function LazyChat(props: PanelProps) {
  return <LazyPart load={load} of={props} />;
}
