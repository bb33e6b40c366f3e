import { expect, test } from 'vitest';

import type { RtpSource } from '../bridge/wire.ts';
import { RtpSources } from './rtp-sources.ts';

function source(ssrc: number, also: Partial<RtpSource> = {}): RtpSource {
  return { receiver: 1, ssrc, contributing: [], rtpTimestamp: 960, audioLevel: 0.5, ...also };
}

test('a source has the members of the standard', () => {
  const sources = new RtpSources();
  sources.handle(source(7), 1000);
  expect(sources.synchronization(1050)).toEqual([
    { source: 7, timestamp: 1000, rtpTimestamp: 960, audioLevel: 0.5 },
  ]);
  expect(sources.contributing(1050)).toEqual([]);
});

test('a source without a level has no member for it', () => {
  const sources = new RtpSources();
  sources.handle(source(7, { audioLevel: null, contributing: [8] }), 1000);
  expect(sources.synchronization(1000)[0]).not.toHaveProperty('audioLevel');
  expect(sources.contributing(1000)).toEqual([{ source: 8, timestamp: 1000, rtpTimestamp: 960 }]);
});

test('sources are listed newest first, each once', () => {
  const sources = new RtpSources();
  sources.handle(source(7, { contributing: [1, 2] }), 1000);
  sources.handle(source(8, { contributing: [3] }), 2000);
  sources.handle(source(7, { contributing: [2], rtpTimestamp: 1920 }), 3000);
  expect(sources.synchronization(3000).map((one) => [one.source, one.rtpTimestamp])).toEqual([
    [7, 1920],
    [8, 960],
  ]);
  expect(sources.contributing(3000).map((one) => one.source)).toEqual([2, 3, 1]);
});

test('a source is dropped after ten seconds', () => {
  const sources = new RtpSources();
  sources.handle(source(7, { contributing: [1] }), 1000);
  expect(sources.synchronization(11_000)).toHaveLength(1);
  expect(sources.synchronization(11_001)).toEqual([]);
  expect(sources.contributing(11_001)).toEqual([]);
});

test('the number of sources is bounded', () => {
  const sources = new RtpSources();
  for (let ssrc = 0; ssrc < 1000; ssrc += 1) {
    sources.handle(source(ssrc, { contributing: [ssrc] }), ssrc);
  }
  expect(sources.synchronization(1000)).toHaveLength(32);
  expect(sources.contributing(1000)[0]?.source).toBe(999);
});

test('changes of a page to an entry have no effect', () => {
  const sources = new RtpSources();
  sources.handle(source(7), 1000);
  for (const one of sources.synchronization(1000)) one.source = 9;
  expect(sources.synchronization(1000)[0]?.source).toBe(7);
});
