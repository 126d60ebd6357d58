// The seed box's WebRTC, in a process of its own: the library is native code that strangers' packets reach, and may
// crash. It lives exactly as long as the pipe to its parent.
import { Socket } from 'node:net';
import { type AnswererSettings, WebRtcAnswerer } from './webrtc-answerer.ts';
import { WebRtcPipe } from './webrtc-pipe.ts';

/** The parent's end of the pipe is this process's file descriptor 3. */
const PIPE_FD = 3;
/** For the goodbyes to leave, which are sent by threads that nothing waits for. */
const GOODBYE_MS = 200;

const settings = parseSettings(process.argv.slice(2));
const answerers = new Map<number, WebRtcAnswerer>();

const socket = new Socket({ fd: PIPE_FD, readable: true, writable: true });
const pipe = new WebRtcPipe(socket, (kind, id, payload) => {
  if (kind === 'offer') {
    const created = new WebRtcAnswerer(id, pipe, settings, () => answerers.delete(id));
    answerers.set(id, created);
  }
  answerers.get(id)?.receive(kind, payload);
});

socket.once('end', endProcess);
socket.once('close', endProcess);
// What a terminal sends to all is for the parent to act on.
process.on('SIGINT', () => {});

function endProcess(): void {
  for (const answerer of answerers.values()) answerer.close();
  // The library's own way out waits for its threads, and may wait forever.
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), GOODBYE_MS);
}

/** The port, the public address or nothing, then the STUN servers. */
function parseSettings([port, publicAddress, ...stunUrls]: readonly string[]): AnswererSettings {
  const always = { port: Number(port), stunUrls };
  return publicAddress === undefined || publicAddress === ''
    ? always
    : { ...always, publicAddress };
}
