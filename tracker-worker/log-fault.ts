/** Logs what the world did wrong, whole, for the operator; a remote never sees any of it. */
export function logFault(doing: string, error: unknown): void {
  // oxlint-disable-next-line no-console -- Workers Logs are what a Worker writes to its console
  console.error(doing, error);
}
