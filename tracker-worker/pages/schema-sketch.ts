import type { JsonSchema } from '@valibot/to-json-schema';

/** What JSON of a schema looks like, for people: `{ "name": string, "size": integer  // in bytes }`, a key a line. */
export function schemaSketch(schema: JsonSchema, indent = ''): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map((one) => nested(one, indent)).join(' | ');
  if (schema.enum !== undefined) return schema.enum.map((one) => JSON.stringify(one)).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.type === 'array') return `[${nestedItems(schema, indent)}, …]`;
  if (schema.type !== 'object') return String(schema.type ?? 'any');
  if (schema.properties === undefined) {
    return `{ "…": ${nested(schema.additionalProperties, indent)} }`;
  }
  const inner = `${indent}  `;
  const lines = Object.entries(schema.properties).map(([name, property]) => {
    const optional = schema.required?.includes(name) === true ? '' : '?';
    const description = typeof property === 'object' ? property.description : undefined;
    const remark = description === undefined ? '' : `  // ${description}`;
    return `${inner}"${name}"${optional}: ${nested(property, inner)}${remark}`;
  });
  return ['{', ...lines, `${indent}}`].join('\n');
}

function nestedItems({ items }: JsonSchema, indent: string): string {
  return nested(Array.isArray(items) ? items[0] : items, indent);
}

function nested(schema: JsonSchema | boolean | undefined, indent: string): string {
  return typeof schema === 'object' ? schemaSketch(schema, indent) : 'any';
}
