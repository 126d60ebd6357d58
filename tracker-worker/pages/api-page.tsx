import type {
  ApiDocument,
  Content,
  OperationDescription,
  ParameterDescription,
  ResponseDescription,
} from '../api/api-document.ts';
import { Layout } from './layout.tsx';
import { schemaSketch } from './schema-sketch.ts';

const LINKS = [
  { href: '/', label: 'Catalogue' },
  { href: '/publish', label: 'Publish' },
];

/** Methods that change something stand out. */
const METHOD_TONES: Readonly<Record<string, string>> = {
  post: ' good',
  put: ' good',
  patch: ' warn',
  delete: ' bad',
};

/** An operation of the document, and where it is. */
interface Placed {
  readonly path: string;
  readonly method: string;
  readonly operation: OperationDescription;
}

/** The API for people who write programs against it: all of the document, subject by subject. */
export function ApiPage({ document }: { readonly document: ApiDocument }) {
  const origin = document.servers[0]?.url ?? '';
  const subjects = groupByTag(document);
  return (
    <Layout title="API – Evertorrent" links={LINKS}>
      <h1>API</h1>
      <p class="lead">
        All that this site does can be asked for over HTTP, in JSON. What needs a token says so; the
        operator makes tokens under <a href="/publish/access">Access</a>.
      </p>
      <p class="row">
        <a class="button" href="/api/openapi.json">
          openapi.json
        </a>
        <span class="quiet small">the same for programs, OpenAPI {document.openapi}</span>
      </p>
      <p class="quiet small">{document.info.description}</p>
      <nav aria-label="Operations">
        <ul class="contents">
          {subjects.map(([tag, operations]) =>
            operations.map((one, index) => (
              <li>
                {index === 0 && <strong>{tag}</strong>}
                <a href={`#${one.operation.operationId}`}>{one.operation.summary}</a>
              </li>
            )),
          )}
        </ul>
      </nav>
      {subjects.map(([tag, operations]) => (
        <>
          <h2>{tag}</h2>
          {operations.map((one) => (
            <OperationPanel {...one} origin={origin} />
          ))}
        </>
      ))}
    </Layout>
  );
}

function groupByTag(document: ApiDocument): [tag: string, operations: Placed[]][] {
  const groups = new Map<string, Placed[]>();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const [tag = ''] = operation.tags;
      const group = groups.get(tag) ?? [];
      group.push({ path, method, operation });
      groups.set(tag, group);
    }
  }
  return [...groups];
}

function OperationPanel({ origin, path, method, operation }: Placed & { readonly origin: string }) {
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  const answers = Object.entries(responses).filter(([status]) => Number(status) < 400);
  const refusals = Object.entries(responses).filter(([status]) => Number(status) >= 400);
  return (
    <article class="panel operation" id={operationId} aria-labelledby={`${operationId}-name`}>
      <h3 id={`${operationId}-name`}>
        <span class={`badge method${METHOD_TONES[method] ?? ''}`}>{method.toUpperCase()}</span>
        <code>{path}</code>
      </h3>
      <p>
        {summary}. {description}
      </p>
      <p class="quiet small">{accessOf(operation)}</p>
      <pre tabindex={0}>
        <code>{curlOf(origin, path, method, operation)}</code>
      </pre>
      {parameters.length > 0 && <ParameterTable parameters={parameters} />}
      {requestBody !== undefined && (
        <section>
          <h4>Body{requestBody.required ? '' : ' (optional)'}</h4>
          <p>{requestBody.description}</p>
          <ContentList content={requestBody.content} />
        </section>
      )}
      {answers.map(([status, response]) => (
        <Answer status={status} response={response} />
      ))}
      {refusals.length > 0 && (
        <details>
          <summary>Refusals</summary>
          <RefusalTable refusals={refusals} />
        </details>
      )}
    </article>
  );
}

function ParameterTable({ parameters }: { readonly parameters: readonly ParameterDescription[] }) {
  return (
    <table class="said">
      <thead>
        <tr>
          <th scope="col">Parameter</th>
          <th scope="col">What</th>
        </tr>
      </thead>
      <tbody>
        {parameters.map(({ name, in: place, required, description, schema }) => (
          <tr>
            <td>
              <code>{name}</code>
              <p class="quiet">
                {place}
                {required ? '' : ', optional'}
              </p>
            </td>
            <td>
              {description}
              {typeof schema.default === 'string' && schema.default !== ''
                ? ` (default ${schema.default})`
                : ''}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface AnswerProps {
  readonly status: string;
  readonly response: ResponseDescription;
}

/** What is long is folded up: a list of operations should read like one. */
function Answer({ status, response: { description, content = {}, headers = {} } }: AnswerProps) {
  const details = [
    ...Object.entries(headers).map(([name, header]) => (
      <p>
        <code>{name}</code>: {header.description}
      </p>
    )),
    ...(Object.keys(content).length > 0 ? [<ContentList content={content} />] : []),
  ];
  const title = (
    <>
      Answer {status}: <span class="quiet">{description}</span>
    </>
  );
  if (details.length === 0) return <h4>{title}</h4>;
  return (
    <details>
      <summary>{title}</summary>
      {details}
    </details>
  );
}

function ContentList({ content }: { readonly content: Content }) {
  return (
    <>
      {Object.entries(content).map(([mediaType, { schema }]) => (
        <>
          <p class="quiet small">
            <code>{mediaType}</code>
          </p>
          {schema !== undefined && (
            <pre tabindex={0}>
              <code>{schemaSketch(schema)}</code>
            </pre>
          )}
        </>
      ))}
    </>
  );
}

function RefusalTable({
  refusals,
}: {
  readonly refusals: readonly (readonly [status: string, ResponseDescription])[];
}) {
  // The document has a line for each code.
  const rows = refusals.flatMap(([status, { description }]) =>
    description.split('\n').map((line) => {
      const [code = '', ...detail] = line.split(': ');
      return { status, code, detail: detail.join(': ') };
    }),
  );
  return (
    <table class="said">
      <thead>
        <tr>
          <th scope="col">Code</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ status, code, detail }) => (
          <tr>
            <td>
              <code>{code}</code>
              <p class="quiet">{status}</p>
            </td>
            <td>{detail}</td>
          </tr>
        ))}
      </tbody>
    </table>
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
  { security, parameters, requestBody }: OperationDescription,
): string {
  const [mediaType] = Object.keys(requestBody?.content ?? {});
  const body =
    mediaType === 'application/json'
      ? `--json '{…}'`
      : `-H 'Content-Type: ${mediaType}' --data-binary @{file}`;
  const headers = parameters.filter(({ in: place }) => place === 'header');
  const parts = [
    ['curl', ...methodFlags(method)].join(' '),
    ...(security.length === 0 ? [] : [`-H "Authorization: Bearer $TOKEN"`]),
    ...headers.map(({ name }) => `-H '${name}: {…}'`),
    ...(mediaType === undefined ? [] : [body]),
    `'${origin}${path}'`,
  ];
  return parts.join(parts.length > 2 ? ' \\\n  ' : ' ');
}

/** `-X HEAD` would have curl wait for a body. */
function methodFlags(method: string): readonly string[] {
  if (method === 'get') return [];
  return method === 'head' ? ['-I'] : [`-X ${method.toUpperCase()}`];
}
