/** Kind of the resources that describe allow-lists. */
export const allowListKindName = 'AllowList';
/** Where its resources are described. */
export const allowListFolder = 'specs/allow-lists';
