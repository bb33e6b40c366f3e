// "Queue a task" (HTML, 8.1.7.2): runs after the current task and its microtasks.
//
// Invariant: tasks run in the order of the calls, also in a hidden page, where timers are throttled.

const waiting: (() => void)[] = [];
let channel: MessageChannel | null = null;

export function queueTask(task: () => void): void {
  waiting.push(task);
  channel ??= open();
  channel.port2.postMessage(null);
}

function open(): MessageChannel {
  const opened = new MessageChannel();
  opened.port1.addEventListener('message', () => {
    const task = waiting.shift();
    task?.();
  });
  opened.port1.start();
  return opened;
}
