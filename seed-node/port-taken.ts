/** A port that the seed box needs belongs to another program. */
class PortTaken extends Error {}

/** For `catch` of what listens: a port that is taken becomes `PortTaken`, which names the variable to set. */
export function explainPort(variable: string, port: number): (error: unknown) => never {
  return (error) => {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!isTaken) throw error;
    throw portTaken(variable, port, error);
  };
}

export function portTaken(variable: string, port: number, cause: unknown): PortTaken {
  const message = `Port ${port} is in use by another program; set ${variable} to a free one`;
  return new PortTaken(message, { cause });
}
