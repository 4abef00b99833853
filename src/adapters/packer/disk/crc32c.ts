const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) {
    value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  }
  return value;
});

/** CRC-32C (Castagnoli, reflected) from a seed, without the final inversion: as ext4 chains its checksums. */
export function crc32c(seed: number, bytes: Uint8Array): number {
  let value = seed;
  for (const byte of bytes) {
    value = (value >>> 8) ^ (table[(value ^ byte) & 0xff] ?? 0);
  }
  return value >>> 0;
}
