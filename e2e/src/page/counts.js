// Returns the counts of `watch.js`, and resets the longest wait.
const { own, other } = window.snugWatch;
const longest = Math.max(other.longest, performance.now() - (other.last ?? 0));
other.longest = 0;
return { own: own.frames, other: other.frames, longest };
