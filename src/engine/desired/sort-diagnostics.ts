import type { Diagnostic } from '../../model/diagnostic.ts';
import { compareCodePoints } from '../../model/json.ts';

/** By file, line, column, code and message; what has no place comes first. Equal findings are told once. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const sorted = diagnostics.toSorted(
    (left, right) =>
      compareCodePoints(left.place?.file ?? '', right.place?.file ?? '') ||
      (left.place?.start?.line ?? 0) - (right.place?.start?.line ?? 0) ||
      (left.place?.start?.column ?? 0) - (right.place?.start?.column ?? 0) ||
      compareCodePoints(left.code, right.code) ||
      compareCodePoints(left.message, right.message),
  );
  return sorted.filter((diagnostic, index) => {
    const before = sorted[index - 1];
    return (
      before === undefined ||
      before.code !== diagnostic.code ||
      before.message !== diagnostic.message ||
      before.place?.file !== diagnostic.place?.file ||
      before.place?.start?.line !== diagnostic.place?.start?.line ||
      before.place?.start?.column !== diagnostic.place?.start?.column
    );
  });
}
