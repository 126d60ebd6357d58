/** Throws when the programmer, not a remote or the world, is wrong. Caught by nobody. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`Invariant broken: ${message}`);
}
