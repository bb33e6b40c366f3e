// Keeps the long tasks of the main thread (Long Tasks API: over 50 ms) from now on, in milliseconds.
window.snugLongTasks = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.snugLongTasks.push(entry.duration);
}).observe({ type: 'longtask' });
