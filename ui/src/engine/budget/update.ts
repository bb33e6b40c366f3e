// Changes of the budget within a step of the engine.

import { setTimer, type StepContext } from '../step-context';
import type { BudgetEvent } from './events';
import { PAUSE_MS, stepBudget } from './step';

export function applyBudget(context: StepContext, event: BudgetEvent): void {
  const budget = stepBudget(context.state.budget, event);
  context.state = { ...context.state, budget };
}

export function setPauseTimer(context: StepContext): void {
  setTimer(context, { kind: 'video-pause' }, PAUSE_MS);
}
