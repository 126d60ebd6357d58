import { formatBytes } from '../../shared/format-bytes.ts';
import { Layout } from '../pages/layout.tsx';
import { TOTAL_NAMES } from '../swarm/shard-stats.ts';
import type { StatsSnapshot } from './recent-stats.ts';
import { TOTAL_HELP } from './swarm-metrics.ts';
import { totalStats } from './total-stats.ts';

/** How the tracker is doing, for people. */
export function StatsPage({ stats }: { readonly stats: StatsSnapshot }) {
  const all = totalStats(stats.shards);
  const facts: readonly (readonly [string, string])[] = [
    ['Swarms', formatCount(all.swarms)],
    ['Seeders', formatCount(all.seeders)],
    ['Leechers', formatCount(all.leechers)],
    ['of them partial seeds', formatCount(all.partialSeeds)],
    ['Open sockets', formatCount(all.sockets)],
    ['Parked offers', formatCount(all.parkedOffers)],
    ['Memory of peers', formatBytes(all.peerBytes)],
  ];
  return (
    <Layout title="Statistics – Evertorrent">
      <h1>Statistics</h1>
      <dl class="facts">
        {facts.map(([label, value]) => (
          <div>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p class="quiet">As of {new Date(stats.atMs).toISOString()}.</p>
      <h2>So far</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Count</th>
          </tr>
        </thead>
        <tbody>
          {TOTAL_NAMES.map((name) => (
            <tr>
              <td>{TOTAL_HELP[name]}</td>
              <td>{formatCount(all.totals[name])}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <h2>Shards</h2>
      <div class="scroll" tabindex={0} role="region" aria-label="Shards">
        <table>
          <thead>
            <tr>
              <th scope="col">Shard</th>
              <th scope="col">Swarms</th>
              <th scope="col">Seeders</th>
              <th scope="col">Leechers</th>
              <th scope="col">Sockets</th>
              <th scope="col">Announces</th>
            </tr>
          </thead>
          <tbody>
            {stats.shards.map((shard) => (
              <tr>
                <td>{shard.shard}</td>
                <td>{formatCount(shard.swarms)}</td>
                <td>{formatCount(shard.seeders)}</td>
                <td>{formatCount(shard.leechers)}</td>
                <td>{formatCount(shard.sockets)}</td>
                <td>{formatCount(shard.totals.announces)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Layout>
  );
}

function formatCount(count: number): string {
  return count.toLocaleString('en');
}
