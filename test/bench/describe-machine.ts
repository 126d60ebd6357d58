import { arch, availableParallelism, cpus, release } from 'node:os';

/** What figures depend on besides the code. */
export function describeMachine(): object {
  return {
    node: process.version,
    kernel: release(),
    arch: arch(),
    cpu: cpus()[0]?.model,
    cores: availableParallelism(),
  };
}
