import { randomBytes } from '../seeded-random.ts';

/**
 * A session description as a browser makes it for a data channel, with the candidates in it (WebTorrent does not
 * trickle): 1.7 KB of CRLF lines, of which credentials, fingerprint, addresses and ports differ from one to the next.
 */
export function createSessionDescription(
  type: 'offer' | 'answer',
  random: () => number,
): { readonly type: string; readonly sdp: string } {
  const hex = (bytes: number): string => Buffer.from(randomBytes(bytes, random)).toString('hex');
  const number = (below: number): number => Math.floor(random() * below);
  const port = (): number => 49_152 + number(16_000);
  const publicAddress = `${11 + number(89)}.${number(256)}.${number(256)}.${number(256)}`;
  const ufrag = hex(2);
  const candidate = (foundation: number, transport: string, rest: string): string =>
    `a=candidate:${foundation} 1 ${transport} ${rest} generation 0 ufrag ${ufrag} network-id 1`;

  const lines = [
    'v=0',
    `o=- ${1e18 + number(9e15)} 2 IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'a=extmap-allow-mixed',
    'a=msid-semantic: WMS',
    `m=application ${port()} UDP/DTLS/SCTP webrtc-datachannel`,
    `c=IN IP4 ${publicAddress}`,
    ...[0, 1, 2].flatMap((network) => [
      candidate(
        network + 1,
        'udp',
        `2113937151 ${hex(4)}-${hex(2)}-${hex(2)}.local ${port()} typ host`,
      ),
      candidate(
        network + 4,
        'udp',
        `1677729535 ${publicAddress} ${port()} typ srflx raddr 0.0.0.0 rport 0`,
      ),
      candidate(
        network + 7,
        'tcp',
        `1518280447 ${hex(4)}-${hex(2)}.local 9 typ host tcptype active`,
      ),
    ]),
    candidate(
      20,
      'udp',
      `41885439 198.51.100.${number(256)} ${port()} typ relay raddr ${publicAddress} rport 0`,
    ),
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${hex(12)}`,
    'a=ice-options:trickle',
    `a=fingerprint:sha-256 ${hex(32)
      .toUpperCase()
      .replaceAll(/..(?=.)/g, '$&:')}`,
    `a=setup:${type === 'offer' ? 'actpass' : 'active'}`,
    'a=mid:0',
    'a=sctp-port:5000',
    'a=max-message-size:262144',
  ];
  return { type, sdp: lines.map((line) => `${line}\r\n`).join('') };
}
