/** What QEMU exits with where the firmware of {@link probeFirmware} got to its end: (value << 1) | 1. */
export const probeExitCode = (0x15 << 1) | 1;

/**
 * A 64 KiB firmware that shows whether a processor really works: from the reset vector into long mode with paging,
 * a write and a read through the page tables, cpuid, then a byte to isa-debug-exit at port 0xf4. Broken
 * hypervisors run real mode and hang in what comes after, so nothing less would tell.
 */
export function probeFirmware(): Buffer {
  const image = Buffer.alloc(0x10000, 0xf4); // hlt
  image.set(Buffer.from(program.map(([code]) => code).join(''), 'hex'), 0xe000);
  image.set(Buffer.from('ea00e000f0', 'hex'), 0xfff0); // reset vector: jmp f000:e000
  return image;
}

/** At f000:e000, linear 0xfe000; page tables at 0x1000, 0x2000 and 0x3000. */
const program = [
  ['fa31c08ed88ec08ed0', 'cli; ds = es = ss = 0'],
  ['bf0010b90018fcf3ab', 'clear 12 KiB from 0x1000'],
  ['66c706001003200000', 'level 4 → 0x2000, present and writable'],
  ['66c706002003300000', 'level 3 → 0x3000'],
  ['66c706003083000000', 'level 2: one 2 MiB page at 0'],
  ['2e660f0116c0e0', 'lgdt cs:0xe0c0'],
  ['2e660f011ec6e0', 'lidt cs:0xe0c6'],
  ['66b8200000000f22e0', 'cr4 = PAE'],
  ['66b8001000000f22d8', 'cr3 = 0x1000'],
  ['66b9800000c00f3266', 'rdmsr EFER; or eax …'],
  ['0d000100000f30', '… LME; wrmsr'],
  ['0f20c0660d010000800f22c0', 'cr0 |= PG | PE'],
  ['66ea71e00f000800', 'ljmp 8:0xfe071, into long mode'],
  ['b8100000008ed88ed0', 'ds = ss = 0x10'],
  ['bc00800000', 'esp = 0x8000'],
  ['c7042500900000785634120fa2', '[0x9000] = 0x12345678; cpuid'],
  ['813c250090000078563412', 'is it still there?'],
  ['7507', 'no: hlt'],
  ['66baf400b015ee', 'out 0xf4, 0x15'],
  ['f4ebfd', 'hlt, for ever'],
  ['0f1f440000', 'up to a multiple of 8'],
  ['0000000000000000', 'descriptor 0'],
  ['00000000009a2000', 'descriptor 8: 64-bit code'],
  ['0000000000920000', 'descriptor 16: data'],
  ['1700a8e00f00', 'limit and base of the descriptor table, 0xfe0a8'],
  ['000000000000', 'no interrupts'],
] as const;
