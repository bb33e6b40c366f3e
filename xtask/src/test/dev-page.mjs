// Opens the page of a development server as a browser would: every module that it imports, and what
// those import. The first argument is its address; the server is awaited for a minute.

const [address] = process.argv.slice(2);
const deadline = Date.now() + 60_000;

async function load(path) {
  const response = await fetch(new URL(path, address));
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status}\n${text}`);
  return text;
}

async function first() {
  for (;;) {
    try {
      return await load('/');
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

const seen = new Set();
const waiting = [...(await first()).matchAll(/<script[^>]*\ssrc="([^"]+)"/g)].map(([, src]) => src);
for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
  if (seen.has(path)) continue;
  seen.add(path);
  const text = await load(path);
  for (const [, name] of text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"(\/[^"]+)"/g)) waiting.push(name);
}
const plugin = [...seen].filter((path) => path.includes('guest-js'));
if (plugin.length === 0) throw new Error('the page imports nothing of the plugin');
console.log(`${seen.size} modules, ${plugin.length} of the plugin`);
