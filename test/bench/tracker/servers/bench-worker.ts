/** A Worker that plain workerd and miniflare can both run: one module and what is bound to it. */
export interface BenchWorker {
  readonly script: string;
  readonly compatibilityDate: string;
  readonly compatibilityFlags: readonly string[];
  readonly vars: Readonly<Record<string, string>>;
  /** Class names of Durable Objects by the name of their binding; all have SQLite storage. */
  readonly durableObjects: Readonly<Record<string, string>>;
}
