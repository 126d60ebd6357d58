import { DurableObject } from 'cloudflare:workers';

/**
 * @typedef {object} Message
 * @property {string} action
 * @property {string} info_hash
 * @property {string} peer_id
 * @property {readonly { readonly offer: object, readonly offer_id: string }[]} offers
 * @property {object} [answer]
 * @property {string} [to_peer_id]
 * @property {string} [offer_id]
 */

/**
 * The least that a WebTorrent tracker's object must do for the same messages: no swarm, no check, no limit. A client's
 * number is in the last six characters of its peer id, and so in the `to_peer_id` of an answer to it.
 */
export class Relay extends DurableObject {
  /** @type {WebSocket[]} */
  #sockets = [];
  #next = 0;

  /** @override @param {Request} request */
  fetch(request) {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    this.#sockets[Number(new URL(request.url).searchParams.get('client'))] = server;
    return new Response(null, { status: 101, webSocket: client });
  }

  /** @override @param {WebSocket} socket @param {string} text */
  webSocketMessage(socket, text) {
    /** @type {Message} */
    // oxlint-disable-next-line typescript/no-unsafe-assignment -- the bench alone sends, and only this
    const message = JSON.parse(text);
    const { action, info_hash, peer_id, offer_id, answer } = message;
    if (answer !== undefined) {
      const receiver = this.#sockets[Number(message.to_peer_id?.slice(-6))];
      receiver?.send(JSON.stringify({ action, answer, offer_id, peer_id, info_hash }));
      return;
    }
    const counts = { complete: 12, incomplete: 38, interval: 120, 'min interval': 60 };
    socket.send(JSON.stringify({ action, info_hash, ...counts }));
    for (const offer of message.offers) {
      const receiver = this.#nextBut(socket);
      receiver?.send(JSON.stringify({ action, ...offer, peer_id, info_hash }));
    }
  }

  /** @param {WebSocket} socket */
  #nextBut(socket) {
    for (let tries = 0; tries < this.#sockets.length; tries += 1) {
      this.#next = (this.#next + 1) % this.#sockets.length;
      const receiver = this.#sockets[this.#next];
      if (receiver !== undefined && receiver !== socket) return receiver;
    }
    return undefined;
  }
}

/** @satisfies {ExportedHandler<{ OBJECTS: string, PEERS: DurableObjectNamespace<Relay> }>} */
const worker = {
  fetch(request, env) {
    // /announce/<prefix>, as the edge has it: two hex digits say which object.
    const prefix = Number.parseInt(new URL(request.url).pathname.slice('/announce/'.length), 16);
    const name = String(Math.floor((prefix * Number(env.OBJECTS)) / 256));
    return env.PEERS.getByName(name).fetch(request);
  },
};

// oxlint-disable-next-line import/no-default-export -- workerd looks for the entry there
export default worker;
