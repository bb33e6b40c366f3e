// Notices about the room or the call, with the action to take.

import { withNames } from '../../engine/person-name';
import { emailsIn } from '../../engine/step-context';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { useSelected } from '../use-store';
import { Button } from './button';
import { Notice } from './notice';
import { Sentence } from './sentence';

export function ProblemNotices() {
  const app = useApp();
  const { problem, signaling, present } = useSelected(app.engine, ({ room, ...state }) => ({
    problem: state.problem,
    signaling: state.signaling,
    present: room.kind === 'inside' ? emailsIn(room) : [],
  }));
  return (
    <>
      {signaling.kind === 'waiting' ? (
        <Notice kind="caution" live="polite">
          {texts.problem(signaling.reason)}
        </Notice>
      ) : null}
      {problem === null ? null : (
        <Notice
          kind="problem"
          live="polite"
          action={
            <Button size="small" onClick={() => app.engine.dispatch({ type: 'problem-dismissed' })}>
              {texts.parts.dismiss}
            </Button>
          }
        >
          <Sentence>{withNames(texts.problem(problem.reason), present)}</Sentence>
        </Notice>
      )}
    </>
  );
}
