import { DurableObject } from 'cloudflare:workers';

export class Peers extends DurableObject {
  empty() {}
}

/**
 * One call of an object that does nothing, of as many objects as the edge has shards.
 * @satisfies {ExportedHandler<{ OBJECTS: string, PEERS: DurableObjectNamespace<Peers> }>}
 */
const worker = {
  async fetch(_request, env) {
    const name = String(Math.floor(Math.random() * Number(env.OBJECTS)));
    await env.PEERS.getByName(name).empty();
    return new Response('ok');
  },
};

// oxlint-disable-next-line import/no-default-export -- workerd looks for the entry there
export default worker;
