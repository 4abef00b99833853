import { failure, type Result, success } from '../../model/result.ts';
import { fileAt } from '../../tree/read-text.ts';
import type { Tree } from '../../tree/tree.ts';
import { treeProblem } from '../../tree/tree-problem.ts';
import { accountFileFields } from './account-table.ts';
import { addUsers } from './add-users.ts';
import type { CustomiseInput } from './customise-input.ts';
import { enableUnits } from './enable-units.ts';
import { lockRoot } from './lock-root.ts';
import { maskUnits } from './mask-units.ts';
import { parseUnitName } from './unit-name.ts';
import { type FileBlobs, writeFiles } from './write-files.ts';
import { fstabPath, writeFstab } from './write-fstab.ts';
import { writeHostKeyUnit } from './write-host-key-unit.ts';
import { isFirstImage, writeIdentity } from './write-identity.ts';
import { writeNetwork } from './write-network.ts';
import { sysctlPath, writeSysctl } from './write-sysctl.ts';

/**
 * Everything that a spec declares beyond packages, as one pure function of the tree. Later steps stand on earlier
 * ones: files can be owned by declared users, declared units can be enabled, and a declared file takes the place of
 * one that is written without being declared. Nothing is written where the tree has it already.
 */
export function customiseTree(
  tree: Tree,
  input: CustomiseInput,
  context: { readonly blobs: FileBlobs; readonly sourceDateEpoch: number },
): Result<Tree> {
  const { sourceDateEpoch } = context;
  const refused = [...contradictions(input), ...withoutSystemd(tree, input)];
  if (refused.length > 0) {
    return failure(...refused);
  }
  const isFirst = isFirstImage(tree);
  if (!isFirst.ok) {
    return isFirst;
  }
  const known = { isFirstImage: isFirst.value, sourceDateEpoch };
  const steps: readonly ((current: Tree) => Result<Tree>)[] = [
    (current) => writeIdentity(current, input.image, known),
    (current) => writeFstab(current, input.mountOptions, known),
    (current) => writeSysctl(current, input.sysctl, sourceDateEpoch),
    (current) => addUsers(current, input.users, sourceDateEpoch),
    (current) => (input.lockRoot ? lockRoot(current, sourceDateEpoch) : success(current)),
    (current) => writeFiles(current, input.files, context),
    (current) => writeHostKeyUnit(current, sourceDateEpoch),
    (current) => (input.hasNetworkCard ? writeNetwork(current, sourceDateEpoch) : success(current)),
    (current) => enableUnits(current, input.enableServices, sourceDateEpoch),
    (current) => maskUnits(current, input.disableServices, sourceDateEpoch),
  ];
  let current = withoutLaterTimes(tree, sourceDateEpoch);
  for (const step of steps) {
    const next = step(current);
    if (!next.ok) {
      return next;
    }
    current = next.value;
  }
  return success(current);
}

/** Two parts of a spec that want the same thing otherwise (SK5513). */
function contradictions(input: CustomiseInput) {
  const owners = new Map<string, string>();
  if (input.users.length > 0 || input.lockRoot) {
    for (const path of Object.keys(accountFileFields)) {
      owners.set(`/${path}`, 'users and lockRoot');
    }
  }
  if (Object.keys(input.sysctl).length > 0) {
    owners.set(`/${sysctlPath}`, 'hardening.sysctl');
  }
  if (Object.keys(input.mountOptions).length > 0) {
    owners.set(`/${fstabPath}`, 'hardening.mountOptions');
  }
  const files = input.files.flatMap((file) => {
    const owner = owners.get(file.path);
    return owner === undefined
      ? []
      : [
          treeProblem(
            'SK5513',
            `the file ${file.path} would undo what ${owner} of the same spec declares`,
            'declare it in one of the two ways',
          ),
        ];
  });
  const disabled = new Set(input.disableServices.map((name) => parseUnitName(name)?.text));
  const units = input.enableServices
    .filter((name) => disabled.has(parseUnitName(name)?.text))
    .map((name) =>
      treeProblem('SK5513', `${name} is both enabled and disabled`, 'remove it from one of the two lists'),
    );
  return [...files, ...units];
}

/** What nothing in the tree would act on is refused (SK5514). */
function withoutSystemd(tree: Tree, input: CustomiseInput) {
  const declared = {
    'hardening.sysctl': Object.keys(input.sysctl).length > 0,
    'hardening.mountOptions': Object.keys(input.mountOptions).length > 0,
  };
  return fileAt(tree, 'lib/systemd/systemd') !== undefined
    ? []
    : Object.entries(declared)
        .filter(([, isDeclared]) => isDeclared)
        .map(([field]) =>
          treeProblem(
            'SK5514',
            `${field} would have no effect: the image has no systemd, which applies it`,
            `add the package systemd, or leave ${field} out`,
          ),
        );
}

/** A tree that was made with a later epoch than this image's keeps nothing of the future. */
function withoutLaterTimes(tree: Tree, sourceDateEpoch: number): Tree {
  return tree.entries.some((entry) => entry.modifiedAt > sourceDateEpoch)
    ? {
        entries: tree.entries.map((entry) =>
          entry.modifiedAt > sourceDateEpoch ? { ...entry, modifiedAt: sourceDateEpoch } : entry,
        ),
      }
    : tree;
}
