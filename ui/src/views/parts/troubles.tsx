// What is wrong with the room or the call as a whole, said in place with the way out.

import { useApp } from '../app-context';
import { useStore } from '../use-store';
import { Button } from './button';
import { Notice } from './notice';
import { Sentence } from './sentence';

export function Troubles() {
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
