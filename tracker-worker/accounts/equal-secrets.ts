import { hashToken } from './token-text.ts';

/**
 * Whether two secrets are the same, in a time that tells nothing of either: their digests have one length, and the
 * first byte in which they differ says nothing about the texts.
 */
export async function equalSecrets(a: string, b: string): Promise<boolean> {
  const [digestA, digestB] = await Promise.all([hashToken(a), hashToken(b)]);
  let difference = 0;
  for (const [index, byte] of digestA.entries()) difference |= byte ^ (digestB[index] ?? 0);
  return difference === 0;
}
