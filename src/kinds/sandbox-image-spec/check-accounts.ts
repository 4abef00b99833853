import type { CheckContext } from '../../engine/kind.ts';
import type { ResolvedResource } from '../../model/resource.ts';
import { baseAccounts } from './base-accounts.ts';
import { findDuplicates, type ImageFinding } from './image-finding.ts';
import { imageSpecOf, withAncestors } from './image-spec-of.ts';

/**
 * Users of an image: no name and no id twice (SK1208), none that the base system has (SK1219). Owners of files and
 * users of smoke tests that nobody declares may come from a package, so they are warnings (SK1215).
 */
export function checkAccounts(resource: ResolvedResource, context: CheckContext): readonly ImageFinding[] {
  const spec = imageSpecOf(resource);
  const users = spec.users ?? [];
  const line = withAncestors(resource, context);
  const inherited = line.slice(1);
  const declared = new Set(
    line.flatMap((image) =>
      (imageSpecOf(image).users ?? []).flatMap((user) => [user.name, ...(user.groups ?? [])]),
    ),
  );
  return [
    ...findDuplicates(
      users,
      (user) => user.name,
      (name) => `the user ${name}`,
      (index) => `/users/${index}/name`,
    ),
    ...findDuplicates(
      users,
      (user) => user.uid?.toString(),
      (uid) => `the user id ${uid}`,
      (index) => `/users/${index}/uid`,
    ),
    ...users.flatMap((user, index) => {
      const owner = inherited.find((image) =>
        imageSpecOf(image).users?.some(({ name }) => name === user.name),
      );
      const from = baseAccounts.has(user.name) ? 'the base system' : owner?.identity.name;
      return from === undefined ? [] : [existingAccount(user.name, from, `/users/${index}/name`)];
    }),
    ...(spec.files ?? []).flatMap((file, index) =>
      [...new Set(file.owner?.split(':'))]
        .filter((account) => !isKnown(account))
        .map((account) => unknownAccount(account, `/files/${index}/owner`)),
    ),
    ...(spec.smokeTests ?? []).flatMap((test, index) =>
      test.command?.as === undefined || isKnown(test.command.as)
        ? []
        : [unknownAccount(test.command.as, `/smokeTests/${index}/command/as`)],
    ),
  ];

  function isKnown(account: string): boolean {
    return declared.has(account) || baseAccounts.has(account) || /^\d+$/.test(account);
  }
}

function existingAccount(name: string, from: string, pointer: string): ImageFinding {
  return {
    code: 'SK1219',
    pointer,
    message: `the user ${name} is there already: ${from} brings it`,
    hint: 'choose another name, or remove the user',
  };
}

function unknownAccount(account: string, pointer: string): ImageFinding {
  return {
    code: 'SK1215',
    severity: 'warning',
    pointer,
    message: `the account ${account} is neither declared under users nor part of a base system`,
    hint: 'add it to users; the build fails where no package creates it either',
  };
}
