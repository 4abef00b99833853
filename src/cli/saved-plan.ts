import { readFile } from 'node:fs/promises';
import type { Diagnostic } from '../model/diagnostic.ts';
import { isJsonObject } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import { failure, type Result, success } from '../model/result.ts';

/** Today's plan, provided that the saved one in `file` has the same digest: SK3205 where it has not. */
export async function checkSavedPlan(file: string, today: Plan): Promise<Result<Plan>> {
  let saved: unknown;
  try {
    saved = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    return failure(notAPlan(file, error instanceof Error ? error.message : String(error)));
  }
  if (!isJsonObject(saved) || saved['formatVersion'] !== 1 || typeof saved['digest'] !== 'string') {
    return failure(notAPlan(file, 'it is not a plan of this version'));
  }
  return saved['digest'] === today.digest
    ? success(today)
    : failure({
        code: 'SK3205',
        severity: 'error',
        message: `the saved plan ${file} (${saved['digest']}) is not the plan of today (${today.digest})`,
        hint: 'give the same --target and --exclude, or look at the new plan and save it again: sandkiln plan --out FILE',
        failure: 'stalled',
      });
}

function notAPlan(file: string, why: string): Diagnostic {
  return {
    code: 'SK3206',
    severity: 'error',
    message: `this cannot be read as a plan: ${why}`,
    hint: 'save one with sandkiln plan --out FILE',
    place: { file },
  };
}
