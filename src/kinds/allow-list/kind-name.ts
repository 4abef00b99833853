/** Kind of the resources in specs/allow-lists/. */
export const allowListKindName = 'AllowList';
