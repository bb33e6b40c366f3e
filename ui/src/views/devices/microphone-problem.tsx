// Shows why a wanted microphone is not captured.

import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { Notice } from '../parts/notice';
import { useSelected } from '../use-store';
import { canTryAgain } from './can-try-again';
import { TryAgain } from './self-preview';

export function MicrophoneProblem() {
  const app = useApp();
  const { microphone } = useSelected(app.engine, ({ media }) => media);
  if (!microphone.wanted || microphone.capture.kind !== 'failed') return null;
  const { problem } = microphone.capture;
  return (
    <Notice
      kind="caution"
      action={canTryAgain(problem) ? <TryAgain kind="microphone" /> : undefined}
    >
      {texts.devices.problem('microphone', problem, app.host.kind)}
    </Notice>
  );
}
