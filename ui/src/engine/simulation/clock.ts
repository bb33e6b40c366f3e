// Virtual time: timers fire by due time, then in the order they were set.

export interface Clock {
  now(): number;
  /** Returns the cancel function. */
  after(ms: number, act: () => void): () => void;
  runUntil(time: number): void;
}

interface Due {
  readonly time: number;
  readonly order: number;
  act: (() => void) | null;
}

export function virtualClock(): Clock {
  const heap: Due[] = [];
  let now = 0;
  let order = 0;
  return {
    now: () => now,
    after(ms, act) {
      const due: Due = { time: now + Math.max(0, ms), order: order++, act };
      push(heap, due);
      return () => {
        due.act = null;
      };
    },
    runUntil(time) {
      for (let due = heap[0]; due !== undefined && due.time <= time; due = heap[0]) {
        pop(heap);
        if (due.act === null) continue;
        now = due.time;
        due.act();
      }
      now = time;
    },
  };
}

function isBefore(a: Due, b: Due): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}

function push(heap: Due[], due: Due): void {
  let index = heap.push(due) - 1;
  while (index > 0) {
    const above = (index - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || !isBefore(due, parent)) break;
    heap[index] = parent;
    index = above;
  }
  heap[index] = due;
}

function pop(heap: Due[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    let below = 2 * index + 1;
    let child = heap[below];
    if (child === undefined) break;
    const right = heap[below + 1];
    if (right !== undefined && isBefore(right, child)) {
      below += 1;
      child = right;
    }
    if (!isBefore(child, last)) break;
    heap[index] = child;
    index = below;
  }
  heap[index] = last;
}
