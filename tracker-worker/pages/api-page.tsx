import type {
  ApiDocument,
  Content,
  OperationDescription,
  ParameterDescription,
} from '../api/api-document.ts';
import { schemaSketch } from './schema-sketch.ts';
import { Layout } from './layout.tsx';

/** The API for people who write programs against it: all of the document, in the order of its paths. */
export function ApiPage({ document }: { readonly document: ApiDocument }) {
  const origin = document.servers[0]?.url ?? '';
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(operations.flatMap(({ operation }) => operation.tags))];
  return (
    <Layout title="API – Evertorrent">
      <h1>API</h1>
      <p>
        {document.info.description} For programs:{' '}
        <a href="/api/openapi.json">openapi.json (OpenAPI {document.openapi})</a>.
      </p>
      {tags.map((tag) => (
        <section>
          <h2>{tag}</h2>
          {operations
            .filter(({ operation }) => operation.tags.includes(tag))
            .map((one) => (
              <OperationSection {...one} origin={origin} />
            ))}
        </section>
      ))}
    </Layout>
  );
}

interface OperationProps {
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly operation: OperationDescription;
}

function OperationSection({ origin, path, method, operation }: OperationProps) {
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  return (
    <article id={operationId}>
      <h3>
        <code>
          {method.toUpperCase()} {path}
        </code>
      </h3>
      <p>
        {summary}. {description}
      </p>
      <p class="quiet">{accessOf(operation)}</p>
      <pre>
        <code>{curlOf(origin, path, method, operation)}</code>
      </pre>
      {parameters.length === 0 ? null : <ParameterTable parameters={parameters} />}
      {requestBody === undefined ? null : (
        <>
          <h4>Body{requestBody.required ? '' : ' (optional)'}</h4>
          <p>{requestBody.description}</p>
          <ContentList content={requestBody.content} />
        </>
      )}
      <h4>Answers</h4>
      <dl>
        {Object.entries(responses).map(([status, response]) => (
          <>
            <dt>{status}</dt>
            <dd class="lines">
              {response.description}
              {Number(status) < 400 ? <ContentList content={response.content ?? {}} /> : null}
            </dd>
          </>
        ))}
      </dl>
    </article>
  );
}

function ParameterTable({ parameters }: { readonly parameters: readonly ParameterDescription[] }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Parameter</th>
          <th scope="col">What</th>
          <th scope="col">Where</th>
        </tr>
      </thead>
      <tbody>
        {parameters.map(({ name, in: place, required, description, schema }) => (
          <tr>
            <td>
              <code>{name}</code>
            </td>
            <td>
              {description}
              {typeof schema.default === 'string' ? ` (default ${schema.default})` : ''}
            </td>
            <td>
              {place}
              {required ? '' : ', optional'}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function ContentList({ content }: { readonly content: Content }) {
  return (
    <>
      {Object.entries(content).map(([mediaType, { schema }]) => (
        <>
          <p>
            <code>{mediaType}</code>
          </p>
          {schema === undefined ? null : (
            <pre>
              <code>{schemaSketch(schema)}</code>
            </pre>
          )}
        </>
      ))}
    </>
  );
}

function accessOf({ security }: OperationDescription): string {
  const scopes = security.flatMap((way) => way['bearer'] ?? []);
  if (security.length === 0) return 'For everybody.';
  return `Needs a token or a session with the scope ${scopes.join(' or ')}.`;
}

/** A command line that sends it, with what is to be filled in in braces. */
function curlOf(
  origin: string,
  path: string,
  method: string,
  { security, requestBody }: OperationDescription,
): string {
  const [mediaType] = Object.keys(requestBody?.content ?? {});
  const body =
    mediaType === 'application/json'
      ? `--json '{…}'`
      : `-H 'Content-Type: ${mediaType}' --data-binary @{file}`;
  return [
    'curl',
    ...(method === 'get' ? [] : [`-X ${method.toUpperCase()}`]),
    ...(security.length === 0 ? [] : [`-H "Authorization: Bearer $TOKEN"`]),
    ...(mediaType === undefined ? [] : [body]),
    `'${origin}${path}'`,
  ].join(' ');
}
