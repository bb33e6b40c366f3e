// Opens a data channel of each of these kinds on the plain peer, or takes those of the other side.
// Both sides send a message of every type. What arrives is in `window.channelReports`, by label.
const [kinds, opens, binaryType] = arguments;
const { connection } = window.plainPeer;
const reports = {};
window.channelReports = reports;

/** A channel that gives up may lose the large one. */
const contents = ({ maxRetransmits, maxPacketLifeTime }) => [
  "text",
  "",
  new Uint8Array([1, 2, 3]).buffer,
  new Uint8Array([0, 4, 5]).subarray(1),
  new Blob([new Uint8Array([6])]),
  ...(maxRetransmits === null && maxPacketLifeTime === null ? [new Uint8Array(100_000)] : []),
];
const name = async (data) => {
  if (typeof data === "string") return `string ${data}`;
  const bytes = data instanceof Blob ? await data.arrayBuffer() : data;
  const shown = bytes.byteLength > 9 ? bytes.byteLength : new Uint8Array(bytes).join();
  return `${data instanceof Blob ? "blob" : "arraybuffer"} ${shown}`;
};
const use = (channel) => {
  const { label, ordered, maxRetransmits, maxPacketLifeTime, protocol, negotiated } = channel;
  const report = { ordered, maxRetransmits, maxPacketLifeTime, protocol, negotiated, received: [] };
  reports[label] = report;
  channel.binaryType = binaryType;
  channel.onmessage = async ({ data }) => report.received.push(await name(data));
  const send = () => contents(channel).forEach((content) => channel.send(content));
  if (channel.readyState === "open") send();
  else channel.onopen = send;
};

connection.ondatachannel = ({ channel }) => use(channel);
for (const { label, ...options } of kinds) {
  if (opens || options.negotiated) use(connection.createDataChannel(label, options));
}
