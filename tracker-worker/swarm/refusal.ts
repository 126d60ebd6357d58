import type { Refusal } from '../../shared/result.ts';
import type { Standing } from './standing.ts';
import type { SwarmRefusalCode } from './swarm-announce.ts';

const REASONS: Readonly<Record<SwarmRefusalCode, string>> = {
  'not-registered': 'this torrent is not registered at this tracker',
  blocked: 'this torrent is blocked at this tracker',
  'too-many-swarms': 'the tracker has no room for more torrents',
};

export const SWARM_REFUSAL_CODES: readonly SwarmRefusalCode[] = [
  'not-registered',
  'blocked',
  'too-many-swarms',
];

export function swarmRefusal(code: SwarmRefusalCode): {
  readonly ok: false;
  readonly refusal: Refusal<SwarmRefusalCode>;
} {
  return { ok: false, refusal: { code, reason: REASONS[code] } };
}

/** Why an info-hash of this standing is not served; `undefined` where it is. */
export function refusalOfStanding(
  standing: Standing,
  trackerMode: 'published' | 'open',
): SwarmRefusalCode | undefined {
  if (standing === 'blocked') return 'blocked';
  return standing === 'unknown' && trackerMode === 'published' ? 'not-registered' : undefined;
}
