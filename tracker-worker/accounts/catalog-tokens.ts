import type { Catalog } from '../catalog/catalog.ts';
import { CATALOG_NAME } from '../catalog/catalog-name.ts';
import type { AccessToken, AddTokenOutcome } from './access-token.ts';
import type { Tokens } from './tokens.ts';

/** The tokens in the `Catalog` object. A stub belongs to one request and breaks with it: each call takes a new one. */
export class CatalogTokens implements Tokens {
  readonly #namespace: DurableObjectNamespace<Catalog>;

  constructor(namespace: DurableObjectNamespace<Catalog>) {
    this.#namespace = namespace;
  }

  async add(token: AccessToken, hash: string): Promise<AddTokenOutcome> {
    return this.#catalog().addToken(token, hash);
  }

  async remove(id: string): Promise<boolean> {
    return this.#catalog().removeToken(id);
  }

  async all(): Promise<readonly AccessToken[]> {
    return this.#catalog().tokens();
  }

  async use(by: 'id' | 'hash', value: string, day: number): Promise<AccessToken | null> {
    return this.#catalog().useToken(by, value, day);
  }

  #catalog(): DurableObjectStub<Catalog> {
    return this.#namespace.getByName(CATALOG_NAME);
  }
}
