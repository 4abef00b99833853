import type { JsonObject } from '../../model/json.ts';
import { type Statement, type Subject, statement } from './statement.ts';

export const cycloneDxType = 'https://cyclonedx.org/bom';

/** Artifact format of an image's SBOM, and of the DSSE envelope around it; both lie in the store. */
export const sbomFormat = 'cyclonedx';
export const sbomAttestationFormat = 'cyclonedx-attestation';

/** An SBOM (CycloneDX JSON, whole) as what is said of an image's files. */
export function sbomStatement(subjects: readonly Subject[], bom: JsonObject): Statement<JsonObject> {
  return statement(cycloneDxType, subjects, bom);
}
