import { loadSecret } from './secret-file.ts';

/** The embedded edge's secret. */
export function loadPublisherToken(dataDir: string): string {
  return loadSecret(dataDir, 'publisher-token');
}
