import { randomBytes } from 'node:crypto';
import type { Endpoint } from '../../shared/endpoint.ts';
import { askGateway } from './ask-gateway.ts';
import type { Gateway, Mapping, MappingRequest, OpenPort } from './gateway.ts';
import { decodeNatPmpReply, encodeNatPmpRequest } from './nat-pmp-message.ts';
import {
  decodePcpReply,
  encodePcpRequest,
  PCP_NONCE_BYTES,
  type PcpRequest,
} from './pcp-message.ts';

/** Where routers take requests by PCP and NAT-PMP. */
export const PORT_CONTROL_PORT = 5351;

/** A router that is asked by PCP (RFC 6887) or, where it speaks only the older one, by NAT-PMP (RFC 6886). */
export class PortControlGateway implements Gateway {
  readonly name = 'PCP or NAT-PMP';
  readonly #router: Endpoint;
  /** Of each mapping: who renews or ends it must know it. */
  readonly #nonces = new Map<string, Uint8Array>();
  #hasPcp = true;

  constructor(router: Endpoint) {
    this.#router = router;
  }

  async map(request: MappingRequest, signal: AbortSignal): Promise<Mapping> {
    if (this.#hasPcp) {
      const answer = await this.#askByPcp(request, signal);
      if (answer !== 'no-pcp') return granted(answer);
      this.#hasPcp = false;
    }
    const answer = await askGateway(
      this.#router,
      signal,
      () => encodeNatPmpRequest(request),
      (bytes) => decodeNatPmpReply(bytes, request),
    );
    return granted(answer);
  }

  async unmap(mapped: OpenPort, signal: AbortSignal): Promise<void> {
    const { protocol, port } = mapped;
    await this.map({ protocol, port, externalPort: 0, lifetimeSeconds: 0 }, signal);
  }

  #askByPcp(request: MappingRequest, signal: AbortSignal): Promise<Mapping | number | 'no-pcp'> {
    const key = `${request.protocol} ${request.port}`;
    const nonce = this.#nonces.get(key) ?? randomBytes(PCP_NONCE_BYTES);
    this.#nonces.set(key, nonce);
    let asked: PcpRequest | undefined;
    return askGateway(
      this.#router,
      signal,
      (clientAddress) => {
        asked = { ...request, clientAddress, nonce };
        return encodePcpRequest(asked);
      },
      (bytes) => (asked === undefined ? undefined : decodePcpReply(bytes, asked)),
    );
  }
}

function granted(answer: Mapping | number): Mapping {
  if (typeof answer === 'number') throw new Error(`The router says no, with result ${answer}`);
  return answer;
}
