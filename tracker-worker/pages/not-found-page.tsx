import { Layout } from './layout.tsx';

/** What a browser gets where there is nothing; `reason` is one static sentence. */
export function NotFoundPage({ reason }: { readonly reason: string }) {
  return (
    <Layout title="Not found – Evertorrent">
      <h1>Not found</h1>
      <p>{reason}</p>
      <p>
        <a href="/">See what is published here</a>
      </p>
    </Layout>
  );
}
