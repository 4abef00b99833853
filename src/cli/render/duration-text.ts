/** `0.4 s`, `18 s`, `2 min 5 s`, `1 h 4 min`. */
export function durationText(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  if (durationMs < 9950) {
    return `${(durationMs / 1000).toFixed(1)} s`;
  }
  if (seconds < 60) {
    return `${seconds} s`;
  }
  if (seconds < 3600) {
    return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  }
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
