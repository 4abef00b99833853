import type { Diagnostic } from '../model/diagnostic.ts';
import { identityText, type ResolvedResource } from '../model/resource.ts';
import { failure, type Result, success } from '../model/result.ts';
import { suggest } from '../model/suggest.ts';

/** A resource by `NAME` or `KIND/NAME`. SK9020 where there is none, SK9021 where a bare name stands for several. */
export function findResource<Found extends Pick<ResolvedResource, 'identity'>>(
  resources: readonly Found[],
  text: string,
): Result<Found> {
  const found = resources.filter(({ identity }) => identity.name === text || identityText(identity) === text);
  const [first, second] = found;
  if (first === undefined) {
    return failure(
      noSuchResource(
        text,
        resources.map(({ identity }) => identity.name),
      ),
    );
  }
  return second === undefined
    ? success(first)
    : failure({
        code: 'SK9021',
        severity: 'error',
        message: `${JSON.stringify(text)} is the name of ${found.map(({ identity }) => identityText(identity)).join(' and ')}`,
        hint: 'write the kind before the name: KIND/NAME',
      });
}

/** SK9020, with the name that was probably meant. */
export function noSuchResource(text: string, names: readonly string[]): Diagnostic {
  const near = suggest(text, names);
  return {
    code: 'SK9020',
    severity: 'error',
    message: `there is no resource ${JSON.stringify(text)}`,
    hint:
      near === undefined
        ? 'a resource is named by metadata.name of its file; sandkiln status lists the images'
        : `did you mean ${near}?`,
  };
}
