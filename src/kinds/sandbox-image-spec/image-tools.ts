import type { Builders } from '../../adapters/builder/builder.ts';
import type { Packer } from '../../adapters/packer/packer.ts';
import type { Runtime } from '../../adapters/runtime/runtime.ts';
import type { ToolRequirement } from '../../model/tool.ts';
import type { ResolvedImage } from './resolved-image.ts';

/** Every program of the host that building, packing and testing an image starts; each command once. */
export function imageTools(
  spec: ResolvedImage,
  ports: { readonly builders: Builders; readonly packers: readonly Packer[]; readonly runtime: Runtime },
): readonly ToolRequirement[] {
  const disk = { ...spec.disk, kernelCommandLine: [] };
  const isBootable = spec.outputs.some((output) => output === 'raw' || output === 'qcow2');
  const all = [
    ...(ports.builders.get(spec.builder)?.tools ?? []),
    ...ports.packers.flatMap((packer) => {
      const outputs = spec.outputs.filter((output) => packer.outputs.includes(output));
      return outputs.length === 0 ? [] : packer.tools({ outputs, disk });
    }),
    ...(isBootable ? ports.runtime.tools : []),
  ];
  return [...new Map(all.map((tool) => [tool.command, tool])).values()];
}
