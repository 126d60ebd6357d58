import { describe, expect, test } from 'vitest';
import type { InfoHash } from '../../shared/info-hash.ts';
import { announce, announceQuery } from './support/announces.ts';
import { fetchEdge, ORIGIN, publish } from './support/edge.ts';
import { sampleTorrent } from './support/torrents.ts';

async function textOf(path: string): Promise<string> {
  const response = await fetchEdge(path);
  expect(response.status).toBe(200);
  return response.text();
}

async function publishNamed(name: string): Promise<InfoHash> {
  const { bytes, infoHash } = await sampleTorrent(name);
  await publish(bytes);
  return infoHash;
}

describe('GET /', () => {
  test('finds what was searched for, says how it is doing, and keeps the words', async () => {
    const infoHash = await publishNamed('alpha one.iso');
    await publishNamed('beta two.iso');
    await announce(announceQuery(infoHash, { left: '0' }));
    const page = await textOf('/?q=ALPHA');
    expect(page).toContain(`href="/t/${infoHash}"`);
    expect(page).toContain('1 seed');
    expect(page).toContain('value="ALPHA"');
    expect(page).toContain('1 found');
    expect(page).not.toContain('beta two');
  });

  test('says that nothing was found, and where everything is', async () => {
    const page = await textOf('/?q=nosuchthing');
    expect(page).toContain('Nothing was found');
    expect(page).toContain('<a href="/">Show everything</a>');
  });

  test('links its pages to each other, with what was asked for', async () => {
    for (const number of [1, 2, 3]) await publishNamed(`gamma ${number}`);
    const page = await textOf('/?q=gamma&sort=name&page=2&limit=1');
    expect(page).toContain('href="/?q=gamma&amp;sort=name"');
    expect(page).toContain('href="/?q=gamma&amp;sort=name&amp;page=3"');
    expect(page).toContain('gamma 2');
    expect(page).not.toContain('gamma 3');
  });

  test('shows what was typed as text', async () => {
    const page = await textOf(`/?q=${encodeURIComponent('"><script>alert(1)</script>')}`);
    expect(page).not.toContain('<script>alert');
  });

  test.each(['sort=best', 'page=0', 'page=x', 'limit=101', `q=${'x'.repeat(201)}`])(
    '?%s is refused by name',
    async (query) => {
      const response = await fetchEdge(`/?${query}`);
      expect(response.status).toBe(400);
      const problem = await response.json<{ code: string; detail: string }>();
      expect(problem.code).toBe('bad-query');
      expect(problem.detail).toContain(query.split('=')[0]);
    },
  );
});

describe('GET /feed.xml', () => {
  test('has an item with .torrent, magnet link and date for each', async () => {
    const infoHash = await publishNamed('delta & <co>.iso');
    const response = await fetchEdge('/feed.xml?q=delta');
    expect(response.headers.get('content-type')).toBe('application/rss+xml; charset=utf-8');
    const feed = await response.text();
    for (const part of [
      '<title>Evertorrent: delta</title>',
      '<title>delta &amp; &lt;co&gt;.iso</title>',
      `<enclosure url="${ORIGIN}/t/${infoHash}.torrent" type="application/x-bittorrent" length="5"/>`,
      `<torrent:magnetURI>magnet:?xt=urn:btih:${infoHash}&amp;dn=`,
      `<torrent:infoHash>${infoHash}</torrent:infoHash>`,
      `<guid isPermaLink="false">${infoHash}</guid>`,
    ]) {
      expect(feed).toContain(part);
    }
    expect(feed.match(/<item>/g)).toHaveLength(1);
    expect(feed).toMatch(
      /<pubDate>[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT<\/pubDate>/,
    );
  });

  test('stays XML whatever a name holds', async () => {
    await publishNamed('epsilon \u0001\u202e]]>&');
    const feed = await textOf('/feed.xml?q=epsilon');
    expect(feed).toContain('<title>epsilon \ufffd\ufffd]]&gt;&amp;</title>');
  });
});
