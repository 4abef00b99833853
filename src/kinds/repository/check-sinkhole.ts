import { destinationMatch } from '../../allow-list/destination-match.ts';
import { placeInResolved } from '../../engine/desired/resolve.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { isJsonObject } from '../../model/json.ts';
import type { ResolvedResource } from '../../model/resource.ts';

/** Each of `allowLists.sinkhole` is an address, a network or a host name: SK1402 to SK1408, as for entries. */
export function checkSinkhole(resource: ResolvedResource): readonly Diagnostic[] {
  const { allowLists } = resource.spec;
  const sinkhole = isJsonObject(allowLists) ? allowLists['sinkhole'] : undefined;
  return (Array.isArray(sinkhole) ? sinkhole : []).flatMap((written, index) => {
    const destination = destinationMatch(String(written));
    const place = placeInResolved(resource, `/allowLists/sinkhole/${index}`);
    return destination.ok
      ? []
      : [{ ...destination.problem, severity: 'error', ...(place === undefined ? {} : { place }) }];
  });
}
