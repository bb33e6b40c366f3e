// Converts H.264 to the Annex B byte stream that RTP and the decoder take (ITU-T H.264, annex B).
// WebKitGTK 2.50 always writes lengths instead of start codes.
//
// Invariant: pure. A byte stream passes unchanged. A key frame contains its parameter sets. Invalid
// input yields null.

const START_CODE = [0, 0, 0, 1] as const;
const TYPE_MASK = 0x1f;
const PARAMETER_SET = 7;

/** Converts the chunks of one encoder. The metadata of the first chunk tells the format. */
export function annexBConverter(): (
  chunk: EncodedVideoChunk,
  metadata: EncodedVideoChunkMetadata | undefined,
) => EncodedVideoChunk | null {
  let record: Uint8Array | null = null;
  return (chunk, metadata) => {
    const config = metadata?.decoderConfig;
    if (config !== undefined) {
      record = config.description === undefined ? null : bytesOf(config.description);
    }
    if (record === null) return chunk;
    const bytes = new Uint8Array(chunk.byteLength);
    chunk.copyTo(bytes);
    const data = annexB(bytes, record);
    if (data === null) return null;
    const { type, timestamp } = chunk;
    return new EncodedVideoChunk({ type, timestamp, data });
  };
}

/** `record`: the decoder configuration (ISO/IEC 14496-15, 5.3.3.1). */
export function annexB(frame: Uint8Array, record: Uint8Array): Uint8Array<ArrayBuffer> | null {
  const units = split(frame, ((record[4] ?? 0) & 3) + 1);
  if (units === null || units.length === 0) return null;
  const types = units.map(([first = 0]) => first & TYPE_MASK);
  const needsSets = types.includes(5) && !types.includes(PARAMETER_SET);
  const sets = needsSets ? parameterSets(record) : [];
  return sets === null ? null : joined([...sets, ...units]);
}

/** Splits units that are each preceded by their length. */
function split(bytes: Uint8Array, lengthSize: number): Uint8Array[] | null {
  const units: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const begin = at + lengthSize;
    const end = begin + number(bytes.subarray(at, begin));
    if (end <= begin || end > bytes.length) return null;
    units.push(bytes.subarray(begin, end));
    at = end;
  }
  return units;
}

function parameterSets(record: Uint8Array): Uint8Array[] | null {
  const sets: Uint8Array[] = [];
  let at = 5;
  for (const mask of [0x1f, 0xff]) {
    const count = (record[at] ?? 0) & mask;
    at += 1;
    for (let index = 0; index < count; index += 1) {
      const begin = at + 2;
      const end = begin + number(record.subarray(at, begin));
      if (end <= begin || end > record.length) return null;
      sets.push(record.subarray(begin, end));
      at = end;
    }
  }
  return sets;
}

function joined(units: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = units.reduce((sum, unit) => sum + START_CODE.length + unit.length, 0);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const unit of units) {
    bytes.set(START_CODE, at);
    bytes.set(unit, at + START_CODE.length);
    at += START_CODE.length + unit.length;
  }
  return bytes;
}

/** Big-endian number. */
function number(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

function bytesOf(source: AllowSharedBufferSource): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}
