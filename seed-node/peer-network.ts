import type { Endpoint } from '../shared/endpoint.ts';
import type { InfoHash } from '../shared/info-hash.ts';
import type { SeedConfig } from './config.ts';
import { explainPort } from './port-taken.ts';
import type { OpenPort } from './port-mapping/gateway.ts';
import { Peers, type PeersInit } from './transport/peers.ts';
import { TcpPeers } from './transport/tcp-peers.ts';
import { WebRtcPeers } from './transport/webrtc-peers.ts';

export interface PeerNetworkInit extends Omit<PeersInit, 'onPeersNamed'> {
  readonly config: Pick<SeedConfig, 'peerPort' | 'webrtcPort' | 'stunUrls'>;
  /** What WebRTC answers name beside what they find out; undefined: nothing. */
  readonly publicAddress: string | undefined;
}

/**
 * All ways to peers, open: over TCP, which is dialled as well, and over WebRTC.
 *
 * Invariant: what `open` acquired, `close` gives back in reverse order, also where `open` failed half way.
 */
export class PeerNetwork {
  readonly peers: Peers;
  readonly peerPort: number;
  readonly #tcpPeers: TcpPeers;
  readonly #webRtcPeers: WebRtcPeers;
  readonly #resources: AsyncDisposableStack;

  private constructor(parts: {
    readonly peers: Peers;
    readonly peerPort: number;
    readonly tcpPeers: TcpPeers;
    readonly webRtcPeers: WebRtcPeers;
    readonly resources: AsyncDisposableStack;
  }) {
    this.peers = parts.peers;
    this.peerPort = parts.peerPort;
    this.#tcpPeers = parts.tcpPeers;
    this.#webRtcPeers = parts.webRtcPeers;
    this.#resources = parts.resources;
  }

  /** Throws `PortTaken`, or what else is in the way. */
  static async open({ config, publicAddress, ...init }: PeerNetworkInit): Promise<PeerNetwork> {
    const { torrents, log } = init;
    const { peerPort: port, webrtcPort, stunUrls } = config;
    await using acquired = new AsyncDisposableStack();
    const peers = acquired.adopt(
      new Peers({ ...init, onPeersNamed: (swarm, named) => dialAll(tcpPeers, swarm, named) }),
      (opened) => opened.close(),
    );
    const tcpPeers = acquired.adopt(new TcpPeers({ peers, torrents, log }), (opened) =>
      opened.close(),
    );
    const peerPort = await tcpPeers.listen(port).catch(explainPort('EVERTORRENT_PEER_PORT', port));
    const webRtcPeers = acquired.adopt(
      new WebRtcPeers({
        peers,
        log,
        port: webrtcPort,
        stunUrls,
        ...(publicAddress === undefined ? {} : { publicAddress }),
      }),
      (opened) => opened.close(),
    );
    await webRtcPeers.start().catch(explainPort('EVERTORRENT_WEBRTC_PORT', webrtcPort));
    const resources = acquired.move();
    return new PeerNetwork({ peers, peerPort, tcpPeers, webRtcPeers, resources });
  }

  /** What a router must let through. */
  get ports(): readonly OpenPort[] {
    return [
      { protocol: 'tcp', port: this.peerPort },
      { protocol: 'udp', port: this.#webRtcPeers.port },
    ];
  }

  /** Connects to leechers that a tracker named. */
  dial(swarm: InfoHash, endpoints: readonly Endpoint[]): void {
    dialAll(this.#tcpPeers, swarm, endpoints);
  }

  /** The answer to a browser's offer, or undefined where it is not answered. */
  answer(offerSdp: string): Promise<string | undefined> {
    return this.#webRtcPeers.answer(offerSdp);
  }

  async close(): Promise<void> {
    await this.#resources.disposeAsync();
  }
}

function dialAll(tcpPeers: TcpPeers, swarm: InfoHash, endpoints: readonly Endpoint[]): void {
  for (const endpoint of endpoints) tcpPeers.dial(endpoint, swarm);
}
