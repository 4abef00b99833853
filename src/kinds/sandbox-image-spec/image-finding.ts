import { placeInResolved } from '../../engine/desired/resolve.ts';
import type { Diagnostic, DiagnosticCode } from '../../model/diagnostic.ts';
import type { ResolvedResource } from '../../model/resource.ts';

/** A value of a resolved image spec that breaks a rule. */
export interface ImageFinding {
  readonly code: DiagnosticCode;
  /** Relative to the resolved spec. */
  readonly pointer: string;
  /** What is wrong, without the image's name. */
  readonly message: string;
  readonly hint: string;
  /** Another value that belongs to it. */
  readonly other?: { readonly pointer: string; readonly message: string };
  readonly severity?: 'warning';
}

/** The finding at the place that gave the value, be it in the image's own file or in a profile. */
export function imageDiagnostic(resource: ResolvedResource, finding: ImageFinding): Diagnostic {
  const place = placeInResolved(resource, finding.pointer);
  const otherPlace =
    finding.other === undefined ? undefined : placeInResolved(resource, finding.other.pointer);
  return {
    code: finding.code,
    severity: finding.severity ?? 'error',
    message: `${resource.identity.name}: ${finding.message}`,
    hint: finding.hint,
    ...(place === undefined ? {} : { place }),
    ...(finding.other === undefined || otherPlace === undefined
      ? {}
      : { related: [{ message: finding.other.message, place: otherPlace }] }),
  };
}

/** Values that stand twice in a list, each with the pointer of the first: one finding a further one. */
export function findDuplicates<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string | undefined,
  describe: (key: string) => string,
  pointerOf: (index: number) => string,
): readonly ImageFinding[] {
  const first = new Map<string, number>();
  return items.flatMap((item, index) => {
    const key = keyOf(item);
    const earlier = key === undefined ? undefined : first.get(key);
    if (key === undefined || earlier === undefined) {
      if (key !== undefined) {
        first.set(key, index);
      }
      return [];
    }
    return [
      {
        code: 'SK1208',
        pointer: pointerOf(index),
        message: `${describe(key)} is declared twice`,
        hint: 'remove or rename one of the two',
        other: { pointer: pointerOf(earlier), message: 'it is declared here first' },
      } satisfies ImageFinding,
    ];
  });
}
