// A page that calls itself: two peer connections in one window, a camera, a microphone, a chat.
// Everything here is the standard API; only `install` is the plugin's.

import { install } from 'tauri-plugin-webrtc-api';

// At the start, so that everything is ready when it is needed.
const installed = install();

const byId = <T extends Element>(id: string, type: new () => T): T => {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`the page has no ${id}`);
  return element;
};

const local = byId('local', HTMLVideoElement);
const remote = byId('remote', HTMLVideoElement);
const callButton = byId('call', HTMLButtonElement);
const cameraButton = byId('camera', HTMLButtonElement);
const hangUpButton = byId('hang-up', HTMLButtonElement);
const state = byId('state', HTMLOutputElement);
const chat = byId('chat', HTMLFormElement);
const message = byId('message', HTMLInputElement);
const messages = byId('messages', HTMLUListElement);

interface Call {
  readonly captured: MediaStream;
  readonly caller: RTCPeerConnection;
  readonly callee: RTCPeerConnection;
  readonly channel: RTCDataChannel;
}

let current: Call | null = null;

async function call(): Promise<void> {
  callButton.disabled = true;
  await installed;
  const captured = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  local.srcObject = captured;
  const caller = new RTCPeerConnection();
  const callee = new RTCPeerConnection();
  tellCandidates(caller, callee);
  tellCandidates(callee, caller);
  caller.addEventListener('connectionstatechange', () => {
    state.value = caller.connectionState;
  });
  callee.addEventListener('track', ({ streams: [stream] }) => {
    if (stream !== undefined && remote.srcObject !== stream) remote.srcObject = stream;
  });
  callee.addEventListener('datachannel', ({ channel }) => {
    channel.addEventListener('message', ({ data }) => show(String(data)));
  });
  const channel = caller.createDataChannel('chat');
  channel.addEventListener('open', () => {
    message.disabled = false;
  });
  for (const track of captured.getTracks()) caller.addTrack(track, captured);
  current = { captured, caller, callee, channel };
  await caller.setLocalDescription();
  await callee.setRemoteDescription(ofOther(caller));
  await callee.setLocalDescription();
  await caller.setRemoteDescription(ofOther(callee));
  cameraButton.disabled = false;
  hangUpButton.disabled = false;
}

function tellCandidates(from: RTCPeerConnection, to: RTCPeerConnection): void {
  from.addEventListener('icecandidate', ({ candidate }) => {
    to.addIceCandidate(candidate).catch((error: unknown) => {
      state.value = String(error);
    });
  });
}

function ofOther({ localDescription }: RTCPeerConnection): RTCSessionDescription {
  if (localDescription === null) throw new Error('nothing was offered');
  return localDescription;
}

function hangUp(): void {
  if (current === null) return;
  current.caller.close();
  current.callee.close();
  for (const track of current.captured.getTracks()) track.stop();
  current = null;
  local.srcObject = null;
  remote.srcObject = null;
  message.disabled = true;
  cameraButton.disabled = true;
  hangUpButton.disabled = true;
  callButton.disabled = false;
  state.value = 'no call';
}

function switchCamera(): void {
  for (const track of current?.captured.getVideoTracks() ?? []) {
    track.enabled = !track.enabled;
    cameraButton.textContent = track.enabled ? 'Camera off' : 'Camera on';
  }
}

function show(text: string): void {
  const item = document.createElement('li');
  item.textContent = text;
  messages.append(item);
}

callButton.addEventListener('click', () => {
  call().catch((error: unknown) => {
    hangUp();
    state.value = String(error);
  });
});
cameraButton.addEventListener('click', switchCamera);
hangUpButton.addEventListener('click', hangUp);
chat.addEventListener('submit', (event) => {
  event.preventDefault();
  current?.channel.send(message.value);
  message.value = '';
});
