import type { Diagnostic } from '../../model/diagnostic.ts';
import { digestOfBytes, digestOfJson, hexOf } from '../../model/digest.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { PublicKey } from '../../model/public-key.ts';
import type { SandboxImage } from '../../model/record.ts';
import { type Envelope, inTotoPayloadType } from '../attest/dsse.ts';
import { envelopeDigest, imageSubjects } from '../attest/image-attestations.ts';
import {
  builderId,
  desiredStateName,
  imageBuildType,
  packageLockName,
  provenanceType,
} from '../attest/provenance.ts';
import { sbomAttestationFormat } from '../attest/sbom-statement.ts';
import { isStatement, type Statement, type Subject } from '../attest/statement.ts';
import { outcomeOf, testResultType } from '../attest/test-result.ts';
import { verifyEnvelope } from '../attest/verify-envelope.ts';
import { imageUri, vsaType } from '../attest/vsa.ts';
import { parseAttestations } from '../catalog/parse-attestations.ts';
import { parseJson } from '../catalog/parse-record.ts';
import { attestationsPath } from '../catalog/paths.ts';
import { finding } from './finding.ts';

/** Checks that the attestations beside an image are there, signed by a builder, and say of it what its record says. */
export function checkAttestations(
  image: SandboxImage,
  bytes: Uint8Array | undefined,
  imageFile: string,
  builders: readonly PublicKey[],
): { readonly findings: readonly Diagnostic[]; readonly envelopes: number } {
  const file = attestationsPath(image.name, image.version);
  if (bytes === undefined) {
    return {
      findings: [finding('SK8056', imageFile, `${imageFile} has no attestations beside it`)],
      envelopes: 0,
    };
  }
  const findings: Diagnostic[] = [];
  if (digestOfBytes(bytes) !== image.attestations) {
    findings.push(finding('SK8055', file, `${file} is not the file that ${imageFile} names`));
  }
  const envelopes = parseAttestations(bytes, file);
  if (!envelopes.ok) {
    return { findings: [...findings, ...envelopes.diagnostics], envelopes: 0 };
  }
  const statements = envelopes.value.flatMap((envelope) => {
    const read = readVerified(envelope, builders, file);
    findings.push(...('finding' in read ? [read.finding] : []));
    return 'statement' in read ? [{ envelope, statement: read.statement }] : [];
  });
  const expected = imageSubjects(image);
  for (const { statement } of statements.filter((one) => !sameSubjects(one.statement.subject, expected))) {
    findings.push(
      finding('SK8057', file, `${statement.predicateType} in ${file} is about other files than the image's`),
    );
  }
  const checks: readonly (readonly [string, (predicate: JsonObject) => string | undefined])[] = [
    [provenanceType, (predicate) => provenanceDefect(predicate, image)],
    [testResultType, (predicate) => testResultDefect(predicate, image)],
    [vsaType, (predicate) => summaryDefect(predicate, image, statements)],
  ];
  for (const [type, defectOf] of checks) {
    const [one, ...more] = statements.filter(({ statement }) => statement.predicateType === type);
    const defect = one === undefined ? undefined : defectOf(one.statement.predicate);
    if (one === undefined || more.length > 0) {
      findings.push(
        finding(
          'SK8056',
          file,
          `${file} has ${more.length + (one ? 1 : 0)} statements ${type}; it needs one`,
        ),
      );
    } else if (defect !== undefined) {
      findings.push(finding('SK8057', file, `${type} in ${file} does not fit the image: ${defect}`));
    }
  }
  return { findings, envelopes: envelopes.value.length };
}

/** An envelope by a builder, and the Statement in it; SK8021 and SK8022 otherwise. */
export function readVerified(
  envelope: Envelope,
  builders: readonly PublicKey[],
  file: string,
): { readonly statement: Statement<JsonObject> } | { readonly finding: Diagnostic } {
  const verdict = verifyEnvelope(envelope, inTotoPayloadType, { threshold: 1, keys: builders });
  if (!verdict.verified) {
    return {
      finding: finding(
        'SK8021',
        file,
        `an envelope in ${file} does not count as a builder's: ${verdict.why}`,
      ),
    };
  }
  const parsed = parseJson(verdict.payload, file);
  return parsed.ok && isStatement(parsed.value)
    ? { statement: parsed.value }
    : { finding: finding('SK8022', file, `an envelope in ${file} holds no in-toto Statement`) };
}

/** The same files under the same names, whatever the order. */
export function sameSubjects(left: readonly Subject[], right: readonly Subject[]): boolean {
  const text = (subjects: readonly Subject[]): string =>
    JSON.stringify(
      subjects.map((subject) => JSON.stringify([subject.name, subject.digest['sha256']])).sort(),
    );
  return text(left) === text(right);
}

const knownParameters = new Set(['image', 'spec', 'resolvedSpec', 'specFile']);

function provenanceDefect(predicate: JsonObject, image: SandboxImage): string | undefined {
  const definition = objectAt(predicate, 'buildDefinition');
  const parameters = objectAt(definition, 'externalParameters');
  const details = objectAt(predicate, 'runDetails');
  const dependencies = listAt(definition, 'resolvedDependencies');
  const has = (name: string, algorithm: string, value: string): boolean =>
    dependencies.some(
      (one) => isJsonObject(one) && one['name'] === name && objectAt(one, 'digest')[algorithm] === value,
    );
  const { inputs } = image;
  const unknown = Object.keys(parameters).find((key) => !knownParameters.has(key));
  const questions: readonly (readonly [boolean, string])[] = [
    [definition['buildType'] === imageBuildType, 'the build type is unknown'],
    [objectAt(details, 'builder')['id'] === builderId, 'the builder is unknown'],
    [unknown === undefined, `the external parameter ${JSON.stringify(unknown ?? '')} is unknown`],
    [parameters['image'] === image.name, 'it names another image'],
    [parameters['spec'] === inputs.spec, 'it names another spec'],
    [digestOfJson(parameters['resolvedSpec'] ?? null) === inputs.spec, 'it holds another resolved spec'],
    [objectAt(details, 'metadata')['invocationId'] === image.run, 'it names another run'],
    [has(desiredStateName, 'gitCommit', image.desiredCommit), 'it names another desired commit'],
    [
      inputs.lock === null || has(packageLockName, 'sha256', hexOf(inputs.lock)),
      'it names another package lock',
    ],
    [
      inputs.parent === null || has('parent-tree', 'sha256', hexOf(inputs.parent.tree)),
      'it names another parent',
    ],
    ...Object.entries(inputs.files).map(
      ([path, digest]) => [has(path, 'sha256', hexOf(digest)), `it names another ${path}`] as const,
    ),
  ];
  return firstNo(questions);
}

function testResultDefect(predicate: JsonObject, image: SandboxImage): string | undefined {
  const { result, passedTests, warnedTests, failedTests } = predicate;
  const said = { result, passedTests, warnedTests, failedTests };
  return firstNo([
    [JSON.stringify(said) === JSON.stringify(pick(outcomeOf(image.smokeTests))), 'the tests differ'],
  ]);
}

function summaryDefect(
  predicate: JsonObject,
  image: SandboxImage,
  statements: readonly { readonly envelope: Envelope; readonly statement: Statement<JsonObject> }[],
): string | undefined {
  const specVersion = image.version.slice(0, image.version.lastIndexOf('+'));
  const looked = new Set(
    listAt(predicate, 'inputAttestations').map((one) =>
      isJsonObject(one) ? objectAt(one, 'digest')['sha256'] : undefined,
    ),
  );
  const needed = [
    ...statements
      .filter(({ statement }) => statement.predicateType !== vsaType)
      .map(({ envelope }) => envelopeDigest(envelope)),
    ...image.artifacts.filter((one) => one.format === sbomAttestationFormat).map((one) => one.digest),
  ];
  return firstNo([
    [predicate['verificationResult'] === 'PASSED', 'the gate did not pass'],
    [predicate['resourceUri'] === imageUri(image.name, specVersion), 'it names another image'],
    [needed.every((digest) => looked.has(hexOf(digest))), 'it was made of other attestations'],
  ]);
}

function pick(outcome: ReturnType<typeof outcomeOf>): JsonObject {
  const { result, passedTests, warnedTests, failedTests } = outcome;
  return { result, passedTests, warnedTests, failedTests };
}

function firstNo(questions: readonly (readonly [boolean, string])[]): string | undefined {
  return questions.find(([holds]) => !holds)?.[1];
}

function objectAt(value: JsonObject, key: string): JsonObject {
  const found = Object.hasOwn(value, key) ? value[key] : undefined;
  return isJsonObject(found) ? found : {};
}

function listAt(value: JsonObject, key: string): readonly JsonValue[] {
  const found = Object.hasOwn(value, key) ? value[key] : undefined;
  return Array.isArray(found) ? found : [];
}
