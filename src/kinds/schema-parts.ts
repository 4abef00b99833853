import Type from 'typebox';

/** Pieces of schemas that several kinds use. Loaded by the schema generator alone, and for its types. */

export const name = Type.String({
  pattern: '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$',
  description: 'lower-case letters, digits and dashes, at most 63',
});

export const size = Type.String({
  pattern: '^[1-9][0-9]{0,9}(?:KiB|MiB|GiB|TiB)$',
  description: 'a size with its unit: 512MiB, 8GiB',
});

export const duration = Type.String({
  pattern: '^[1-9][0-9]{0,5}(?:s|m|h|d)$',
  description: 'a time span with its unit: 90s, 20m, 2h',
});

/** dpkg's rule for package names; nothing in it means anything to a shell. */
export const packageName = Type.String({
  pattern: '^[a-z0-9][a-z0-9+.-]{1,99}$',
  description: 'a Debian package name: lower-case letters, digits, + - and dots',
});

export const absolutePath = Type.String({
  pattern: '^(?:/(?!\\.{1,2}(?:/|$))[^/\\u0000-\\u001f\\u007f]{1,255})+$',
  maxLength: 4095,
  description: 'an absolute path in the image, without . and .. parts',
});

export const userName = Type.String({
  pattern: '^[a-z_][a-z0-9_-]{0,31}$',
  description: 'a user or group name: lower-case letters, digits, _ and -, at most 32',
});

export const unitName = Type.String({
  pattern: '^[A-Za-z0-9_][A-Za-z0-9:_.\\\\-]{0,199}(?:@[A-Za-z0-9:_.\\\\-]{0,54})?$',
  description: 'a systemd unit; .service is added where it has no suffix',
});
