// oxlint-disable-next-line import/no-default-export -- workerd looks for the entry there
export default { fetch: () => new Response('ok') };
