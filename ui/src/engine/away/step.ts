// A person is away while the page has been hidden for some minutes; the status tells it.

import { clearTimer, setTimer, type StepContext } from '../step-context';
import type { VisibilityEvent } from './events';
import type { Attention } from './state';

const AWAY_MS = 5 * 60_000;

export function handleVisibility(context: StepContext, { type }: VisibilityEvent): void {
  const { attention } = context.state;
  switch (type) {
    case 'page-hidden':
      if (attention !== 'here') return;
      setTimer(context, { kind: 'away' }, AWAY_MS);
      return set(context, 'hidden');
    case 'page-shown':
      if (attention === 'here') return;
      clearTimer(context, { kind: 'away' });
      return set(context, 'here');
  }
}

export function handleAwayTimer(context: StepContext): void {
  if (context.state.attention === 'hidden') set(context, 'away');
}

function set(context: StepContext, attention: Attention): void {
  context.state = { ...context.state, attention };
}
