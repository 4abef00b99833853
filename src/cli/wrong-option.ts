import type { Diagnostic } from '../model/diagnostic.ts';

/** An option whose value is none that it takes, or that is missing (SK9023); `wanted` says what to give instead. */
export function wrongOption(option: string, value: string, wanted: string): Diagnostic {
  return {
    code: 'SK9023',
    severity: 'error',
    message: value === '' ? `--${option} is missing` : `--${option} is ${JSON.stringify(value)}`,
    hint: `give ${wanted}`,
  };
}
