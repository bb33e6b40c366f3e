// Notices about the room or the call, with the action to take.

import { useApp } from '../app-context';
import { useStore } from '../use-store';
import { Button } from './button';
import { Notice } from './notice';
import { Sentence } from './sentence';

export function ProblemNotices() {
  const app = useApp();
  const { problem, signaling } = useStore(app.engine);
  return (
    <>
      {signaling.kind === 'waiting' ? (
        <Notice kind="caution" live="polite">
          {signaling.message}
        </Notice>
      ) : null}
      {problem === null ? null : (
        <Notice
          kind="problem"
          live="polite"
          action={
            <Button size="small" onClick={() => app.engine.dispatch({ type: 'problem-dismissed' })}>
              Dismiss
            </Button>
          }
        >
          <Sentence>{problem.message}</Sentence>
        </Notice>
      )}
    </>
  );
}
