// "Queue a task" (HTML, 8.1.7.2): after what runs now and all that is resolved by it.
//
// Invariant: tasks run in the order they were queued, also in a hidden page, where timers wait.

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
