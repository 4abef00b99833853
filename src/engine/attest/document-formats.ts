import type { BuildArtifact } from '../../model/record.ts';
import { sbomAttestationFormat, sbomFormat } from './sbom-statement.ts';

/** Format of `packages.json`, the plain list of an image's packages. */
export const packageManifestFormat = 'package-manifest';

const documentFormats: readonly string[] = [packageManifestFormat, sbomFormat, sbomAttestationFormat];

/** Whether an artifact only tells of an image: it follows from the tree, so two images with other ones may be equal. */
export function isDocument({ format }: BuildArtifact): boolean {
  return documentFormats.includes(format);
}
