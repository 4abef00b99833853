import type { Result } from '../../../model/result.ts';
import type { Scratch } from '../../scratch/scratch.ts';
import type { Builder, BuilderDescription } from '../builder.ts';
import { buildTree } from './build-tree.ts';
import { describeBuilder } from './describe-builder.ts';
import { type LockPorts, lockPackages } from './lock-packages.ts';
import type { ExternalCommand } from './run-operation.ts';

export interface ExternalBuilderOptions extends ExternalCommand, LockPorts {
  /** Raised by the owner of the host when the command makes other bytes without saying so itself. */
  readonly hostVersion?: string;
  /** For a builder that is asked what it is; other operations have a folder and a signal of their own. */
  readonly scratch: Scratch;
  readonly signal?: AbortSignal;
}

/**
 * A builder that is a program of this host, in any language: one start a request, by the protocol of docs/builders.md.
 * It is the host owner's program and runs as this user; what it hands over is checked as if it were hostile.
 */
export function createExternalCommandBuilder(options: ExternalBuilderOptions): Builder {
  let asked: Promise<Result<BuilderDescription>> | undefined;
  let description: BuilderDescription | undefined;

  async function ask(): Promise<Result<BuilderDescription>> {
    const answer = await describeBuilder(options, options.hostVersion, options.scratch, options.signal);
    if (answer.ok) {
      description = answer.value;
    } else {
      asked = undefined;
    }
    return answer;
  }

  return {
    name: options.name,
    yields: 'tree',
    tools: [],
    describe: () => {
      asked ??= ask();
      return asked;
    },
    described: () => description,
    lock: (request, context) => lockPackages(options, request, context, options),
    bootstrap: (request, context) => buildTree(options, request, context),
  };
}
