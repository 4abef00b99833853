import type { BootRequest, DiskImage, MachineShape } from '../runtime.ts';

/** The accelerator that a probe chose. */
export type AccelerationName = 'kvm' | 'tcg';

/** Names of the sockets in the machine's folder; QEMU is started there. */
export const socketNames = { control: 'qmp.sock', agent: 'agent.sock', report: 'report.sock' } as const;

const accelerators = {
  kvm: ['-accel', 'kvm', '-cpu', 'host'],
  tcg: ['-accel', 'tcg,thread=multi', '-cpu', 'max'],
} as const;

/**
 * Arguments that all our machines share: q35 and nothing but what is named here, no configuration of the host, no
 * new processes or privileges for QEMU, the first serial port on stdout, an end instead of a restart.
 */
export function commonArguments(acceleration: AccelerationName): readonly string[] {
  return [
    '-machine',
    'q35,usb=off,vmport=off,smbus=off,sata=off,graphics=off,dump-guest-core=off',
    ...accelerators[acceleration],
    '-nodefaults',
    '-no-user-config',
    '-display',
    'none',
    '-no-reboot',
    '-sandbox',
    'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
    '-chardev',
    'stdio,id=console,signal=off',
    '-serial',
    'chardev:console',
  ];
}

export function shapeArguments(shape: MachineShape): readonly string[] {
  const mebibytes = Math.max(64, Math.ceil(shape.memoryBytes / (1024 * 1024)));
  return ['-m', `${mebibytes}M`, '-smp', `${shape.cpus}`];
}

/** A disk whose file is only read: what the guest writes goes to a nameless file in TMPDIR. */
export function diskArguments(disk: DiskImage): readonly string[] {
  return [
    '-drive',
    `if=none,id=root,format=${disk.format},snapshot=on,discard=unmap,file=${optionValue(disk.path)}`,
    '-device',
    'virtio-blk-pci,drive=root,bootindex=1',
  ];
}

/** A character device that connects to our socket of that name. */
export function socketArguments(id: keyof typeof socketNames): readonly string[] {
  return ['-chardev', `socket,id=${id},path=${socketNames[id]}`];
}

/** User networking: no device of the host is touched. Isolated means that the stack answers, and forwards nothing. */
export function networkArguments(network: BootRequest['network']): readonly string[] {
  return network === 'none'
    ? []
    : [
        '-netdev',
        `user,id=net,ipv6=off${network === 'isolated' ? ',restrict=on' : ''}`,
        '-device',
        'virtio-net-pci,netdev=net,romfile=',
      ];
}

export function agentArguments(): readonly string[] {
  return [
    ...socketArguments('agent'),
    '-device',
    'virtio-serial-pci',
    '-device',
    'virtserialport,chardev=agent,name=org.qemu.guest_agent.0',
  ];
}

export function controlArguments(): readonly string[] {
  return [...socketArguments('control'), '-mon', 'chardev=control,mode=control'];
}

/** A comma ends a value of QEMU's options; a doubled one stands for itself. */
export function optionValue(text: string): string {
  return text.replaceAll(',', ',,');
}
