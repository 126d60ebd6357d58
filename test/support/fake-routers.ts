import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Endpoint } from '../../shared/endpoint.ts';
import { invariant } from '../../shared/invariant.ts';
import { ipAddress } from '../unit/shared/required.ts';

/** `tcp 6881` to the port outside; what a router passes on. */
type PortTable = Map<string, number>;

export interface PortControlRouter {
  readonly endpoint: Endpoint;
  readonly table: PortTable;
  /** Datagrams that came, answered or not. */
  readonly heard: Uint8Array[];
}

/** A router on loopback that speaks NAT-PMP (RFC 6886) and, unless told otherwise, PCP (RFC 6887). */
export async function startPortControlRouter(
  options: { hasPcp?: boolean; losesFirst?: number; result?: number; shift?: number } = {},
): Promise<PortControlRouter> {
  const { hasPcp = true, losesFirst = 0, result = 0, shift = 0 } = options;
  const table: PortTable = new Map();
  const heard: Uint8Array[] = [];
  const nonces = new Map<string, string>();
  const socket = createSocket('udp4');
  const keep = (key: string, lifetime: number, suggested: number): number => {
    if (lifetime === 0) table.delete(key);
    else if (!table.has(key)) table.set(key, suggested + shift);
    return table.get(key) ?? 0;
  };
  socket.on('message', (request, { port, address }) => {
    heard.push(request);
    if (heard.length <= losesFirst) return;
    const isPcp = request[0] === 2;
    if (isPcp && !hasPcp) {
      // Version 0, "unsupported version", and the epoch.
      socket.send(Uint8Array.of(0, 128, 0, 1, 0, 0, 0, 9), port, address);
      return;
    }
    const reply = Buffer.alloc(isPcp ? 60 : 16);
    if (isPcp) {
      request.copy(reply);
      reply[1] = (request[1] ?? 0) | 0x80;
      reply[2] = 0;
      reply[3] = result;
      reply.fill(0, 8, 24);
      reply.writeUInt32BE(9, 8);
      const isOurs = request.subarray(8, 24).toString('hex') === '00000000000000000000ffff7f000001';
      const key = `${request[36] === 6 ? 'tcp' : 'udp'} ${request.readUInt16BE(40)}`;
      const nonce = request.subarray(24, 36).toString('hex');
      const mayChange = (nonces.get(key) ?? nonce) === nonce;
      nonces.set(key, nonces.get(key) ?? nonce);
      if (!isOurs || !mayChange) reply[3] = 12;
      else if (result === 0)
        reply.writeUInt16BE(keep(key, request.readUInt32BE(4), request.readUInt16BE(42)), 42);
    } else {
      reply[1] = 128 + (request[1] ?? 0);
      reply.writeUInt16BE(result, 2);
      reply.writeUInt32BE(9, 4);
      request.copy(reply, 8, 4, 6);
      request.copy(reply, 12, 8, 12);
      const key = `${request[1] === 2 ? 'tcp' : 'udp'} ${request.readUInt16BE(4)}`;
      if (result === 0)
        reply.writeUInt16BE(keep(key, request.readUInt32BE(8), request.readUInt16BE(6)), 10);
    }
    socket.send(reply, port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  const endpoint = { address: ipAddress('127.0.0.1'), port: socket.address().port };
  return { endpoint, table, heard };
}

export interface UpnpRouter {
  readonly ssdp: { readonly address: string; readonly port: number };
  readonly table: PortTable;
  /** The leases that were asked for, in seconds. */
  readonly leases: number[];
}

/** A router on loopback that speaks UPnP: answers to a search, describes itself, and takes SOAP calls. */
export async function startUpnpRouter(
  options: { taken?: readonly number[]; onlyPermanent?: boolean; controlUrl?: string } = {},
): Promise<UpnpRouter> {
  const { taken = [], onlyPermanent = false, controlUrl = '/ctl/IPConn' } = options;
  const table: PortTable = new Map();
  const leases: number[] = [];
  const type = 'urn:schemas-upnp-org:service:WANIPConnection:1';
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString();
      response.setHeader('content-type', 'text/xml');
      if (request.method === 'GET') {
        response.end(
          '<?xml version="1.0"?><root><device><serviceList><service>' +
            '<serviceType>urn:schemas-upnp-org:service:Layer3Forwarding:1</serviceType>' +
            '<controlURL>/ctl/L3F</controlURL></service>' +
            `<service><serviceType>${type}</serviceType>` +
            `<controlURL>${controlUrl}</controlURL></service></serviceList></device></root>`,
        );
        return;
      }
      const value = (name: string): string =>
        new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1] ?? '';
      const external = Number(value('NewExternalPort'));
      const fail = (code: number): void => {
        response.statusCode = 500;
        response.end(`<s:Envelope><errorCode>${code}</errorCode></s:Envelope>`);
      };
      if (request.url !== '/ctl/IPConn') return fail(401);
      if (request.headers['soapaction'] === `"${type}#DeletePortMapping"`) {
        for (const [key, port] of table) {
          const isThat = port === external && key.startsWith(value('NewProtocol').toLowerCase());
          if (isThat) table.delete(key);
        }
        response.end('<s:Envelope/>');
        return;
      }
      const lease = Number(value('NewLeaseDuration'));
      leases.push(lease);
      if (value('NewInternalClient') !== '127.0.0.1') return fail(402);
      if (onlyPermanent && lease > 0) return fail(725);
      if (taken.includes(external)) return fail(718);
      const key = `${value('NewProtocol').toLowerCase()} ${value('NewInternalPort')}`;
      table.set(key, external);
      response.end('<s:Envelope/>');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const listening = server.address();
  invariant(typeof listening === 'object' && listening !== null, 'the server listens');

  const socket = createSocket('udp4');
  socket.on('message', (search, { port, address }) => {
    const target = /^ST: (.*)\r$/m.exec(search.toString())?.[1] ?? '';
    if (!search.toString().startsWith('M-SEARCH') || !target.endsWith('Device:1')) return;
    const location = `http://127.0.0.1:${listening.port}/rootDesc.xml`;
    const answer = `HTTP/1.1 200 OK\r\nST: ${target}\r\nLOCATION: ${location}\r\n\r\n`;
    socket.send(answer, port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  return { ssdp: { address: '127.0.0.1', port: socket.address().port }, table, leases };
}
