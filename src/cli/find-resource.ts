import { closest } from 'fastest-levenshtein';
import { identityText, type ResolvedResource } from '../model/resource.ts';
import { failure, type Result, success } from '../model/result.ts';

/** A resource by `NAME` or `KIND/NAME`. SK9020 where there is none, SK9021 where a bare name stands for several. */
export function findResource(resources: readonly ResolvedResource[], text: string): Result<ResolvedResource> {
  const found = resources.filter(({ identity }) => identity.name === text || identityText(identity) === text);
  const [first, second] = found;
  if (first === undefined) {
    const names = resources.map(({ identity }) => identity.name);
    const near = names.length === 0 ? '' : `; the nearest name is ${closest(text, names)}`;
    return failure({
      code: 'SK9020',
      severity: 'error',
      message: `there is no resource ${JSON.stringify(text)}${near}`,
      hint: 'sandkiln get lists the resources by name',
    });
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
