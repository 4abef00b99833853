import type { ActionCache } from '../../adapters/action-cache/action-cache.ts';
import type { ActionId, StageOutput } from '../../model/action.ts';
import { canonicalJson } from '../../model/canonical-json.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Digest } from '../../model/digest.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { pointerStep } from '../../model/json-pointer.ts';
import type { Graph } from '../graph/build-graph.ts';
import type { Stage } from '../stage.ts';
import { actionKey, actionKeyInputs, createOutputDigests, type KeySurroundings } from './action-key.ts';

/** What a run that starts now would do with an action, and why. */
export interface ExplainedAction {
  readonly action: ActionId;
  /**
   * `cached`: a row holds its output. `runs`: none does. `depends`: that is known once `waitsFor` have run. `always`:
   * it changes something outside, so it has no key. `kept`: nothing is asked for; this is what ran last.
   */
  readonly verdict: 'cached' | 'runs' | 'depends' | 'always' | 'kept';
  /** Actions it needs whose output is not known before they have run. */
  readonly waitsFor: readonly ActionId[];
  /** Absent with `depends` and `always`. */
  readonly key?: Digest;
  /** What the key is made of, as far as it is known. */
  readonly inputs: JsonObject;
  /** Against the row that was kept last, with `kept` against the one before it; nothing where there is none. */
  readonly differences?: readonly KeyDifference[];
}

/** One value of a key's inputs that differs; null where there is none. */
export interface KeyDifference {
  /** RFC 6901, below the inputs: `/input/packages/3`. */
  readonly pointer: string;
  readonly before: JsonValue;
  readonly now: JsonValue;
}

export interface ExplainHost extends KeySurroundings {
  readonly stages: ReadonlyMap<string, Stage>;
  readonly actionCache: ActionCache;
}

/** Looks every key of a graph up without running anything. A fingerprint that cannot be made is told in `problems`. */
export async function explainKeys(
  graph: Graph,
  host: ExplainHost,
): Promise<{ readonly actions: readonly ExplainedAction[]; readonly problems: readonly Diagnostic[] }> {
  const explained: ExplainedAction[] = [];
  const problems: Diagnostic[] = [];
  const outputs = new Map<ActionId, StageOutput>();
  const outputDigest = createOutputDigests();
  for (const action of graph.actions.values()) {
    const stage = host.stages.get(action.stage);
    const fingerprint = await stage?.fingerprint(action);
    if (stage === undefined || fingerprint === undefined || !fingerprint.ok) {
      problems.push(...(fingerprint === undefined || fingerprint.ok ? [] : fingerprint.diagnostics));
      continue;
    }
    const inputs = actionKeyInputs(action, stage, fingerprint.value, outputs, host, outputDigest);
    const waitsFor = action.needs.filter((id) => !outputs.has(id));
    const [last] = await host.actionCache.lastRows(action.id);
    const common = {
      action: action.id,
      waitsFor,
      inputs,
      ...(last === undefined ? {} : { differences: keyDifferences(last.inputs, inputs, waitsFor) }),
    };
    if (action.effect !== 'pure' || waitsFor.length > 0) {
      explained.push({ ...common, verdict: action.effect === 'pure' ? verdictWithout(common) : 'always' });
      continue;
    }
    const key = actionKey(inputs);
    const row = await host.actionCache.get(key);
    if (row !== undefined) {
      outputs.set(action.id, row.output);
    }
    explained.push({ ...common, key, verdict: row === undefined ? 'runs' : 'cached' });
  }
  return { actions: explained, problems };
}

/** Why actions ran when they ran last on this host, from the rows that were kept. */
export async function explainKept(
  actions: readonly ActionId[],
  actionCache: ActionCache,
): Promise<readonly ExplainedAction[]> {
  const explained: ExplainedAction[] = [];
  for (const action of actions) {
    const [last, before] = await actionCache.lastRows(action);
    if (last !== undefined) {
      const { key, inputs } = last;
      const differences = before === undefined ? undefined : keyDifferences(before.inputs, inputs, []);
      explained.push({
        action,
        verdict: 'kept',
        waitsFor: [],
        key,
        inputs,
        ...(differences === undefined ? {} : { differences }),
      });
    }
  }
  return explained;
}

/** A key that differs whatever the missing outputs will be is a miss. */
function verdictWithout({ differences }: Pick<ExplainedAction, 'differences'>): 'runs' | 'depends' {
  return differences !== undefined && differences.length === 0 ? 'depends' : 'runs';
}

/** Every leaf that differs; needs in `unknown` are left out. */
export function keyDifferences(
  before: JsonObject,
  now: JsonObject,
  unknown: readonly ActionId[],
): readonly KeyDifference[] {
  const skipped = new Set(unknown.map((id) => `${pointerStep('needs')}${pointerStep(id)}`));
  const differences: KeyDifference[] = [];
  compare(before, now, '');
  return differences;

  function compare(left: JsonValue | undefined, right: JsonValue | undefined, pointer: string): void {
    if (skipped.has(pointer)) {
      return;
    }
    const fields = fieldsOf(left, right);
    if (fields !== undefined) {
      for (const name of fields.names) {
        compare(fields.left[name], fields.right[name], `${pointer}${pointerStep(name)}`);
      }
    } else if (canonicalJson(left ?? null) !== canonicalJson(right ?? null)) {
      differences.push({ pointer, before: left ?? null, now: right ?? null });
    }
  }
}

/** The fields of two objects or two lists; nothing for anything else. */
function fieldsOf(left: JsonValue | undefined, right: JsonValue | undefined) {
  if (Array.isArray(left) && Array.isArray(right)) {
    const [leftItems, rightItems] = [Object.fromEntries(left.entries()), Object.fromEntries(right.entries())];
    return { left: leftItems, right: rightItems, names: namesOf(leftItems, rightItems) };
  }
  return isJsonObject(left) && isJsonObject(right) ? { left, right, names: namesOf(left, right) } : undefined;
}

function namesOf(left: JsonObject, right: JsonObject): readonly string[] {
  return [...new Set([...Object.keys(left), ...Object.keys(right)])];
}
