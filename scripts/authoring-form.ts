/** A JSON Schema, or a part of one. */
export interface SchemaNode {
  readonly [keyword: string]: unknown;
}

/**
 * The schema of what people write, from the schema of what is left after the merge: every list field that has
 * something under it to merge with may also be written `x+` (append) and `x-` (remove). Lists inside list items
 * have not: their item replaces or joins the list as a whole. Items that are objects become definitions, since
 * three fields share them. Choices between constants become an `enum`. `listOperators: false` is for kinds of which
 * nothing lies under another.
 */
export function authoringForm(
  schema: SchemaNode,
  { listOperators }: { readonly listOperators: boolean },
): {
  readonly schema: SchemaNode;
  readonly definitions: Readonly<Record<string, SchemaNode>>;
} {
  const definitions: Record<string, SchemaNode> = {};
  return { schema: withOperators(schema), definitions };

  function withOperators(node: SchemaNode): SchemaNode {
    const properties = node['properties'];
    if (!isNode(properties)) {
      return constantsAsEnum(node);
    }
    const authored: Record<string, SchemaNode> = {};
    for (const [name, property] of Object.entries(properties)) {
      if (!isNode(property)) {
        continue;
      }
      if (property['type'] !== 'array') {
        authored[name] = withOperators(property);
        continue;
      }
      const list: SchemaNode = { ...property, items: listItem(name, property['items']) };
      const { minItems: _atLeast, ...operand } = list;
      authored[name] = list;
      if (!listOperators) {
        continue;
      }
      authored[`${name}+`] = { ...operand, description: `appended to the ${name} that profiles give` };
      authored[`${name}-`] = { ...operand, description: `removed from the ${name} that profiles give` };
    }
    return { ...node, properties: authored };
  }

  function listItem(name: string, items: unknown): SchemaNode {
    const item = isNode(items) ? plain(items) : {};
    if (item['type'] !== 'object') {
      return item;
    }
    definitions[name] = item;
    return { $ref: `#/$defs/${name}` };
  }
}

/** Enums for choices, at every depth, and nothing else changed. */
function plain(node: SchemaNode): SchemaNode {
  const changed: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(constantsAsEnum(node))) {
    changed[keyword] = isNode(value) ? plain(value) : value;
  }
  return changed;
}

function constantsAsEnum(node: SchemaNode): SchemaNode {
  const { anyOf, ...rest } = node;
  if (!Array.isArray(anyOf)) {
    return node;
  }
  const constants = anyOf.map((choice: unknown) => (isNode(choice) ? choice['const'] : undefined));
  if (constants.some((constant) => typeof constant !== 'string')) {
    throw new TypeError(`only choices between constant strings can be said clearly: ${JSON.stringify(node)}`);
  }
  return { type: 'string', enum: constants, ...rest };
}

function isNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
