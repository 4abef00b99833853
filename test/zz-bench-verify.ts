import { createSignedCatalog, sampleImage, now } from '/work/main/test/rig/signed-catalog.ts';
import { memoryMemo } from '/work/main/test/rig/signed-catalog.ts';
import { readCatalog } from '/work/main/src/engine/catalog/read-catalog.ts';
import { nextHead } from '/work/main/src/engine/catalog/next-head.ts';
const images = Number(process.argv[2]); const commits = Number(process.argv[3]);
const c = await createSignedCatalog();
const t = (l: string, s: number) => console.log(l, (performance.now() - s).toFixed(0), 'ms', 'rss', (process.memoryUsage().rss / 1e6).toFixed(0), 'MB', 'cpu', JSON.stringify(process.cpuUsage()));
let s = performance.now();
const all = new Map();
for (let i = 0; i < images; i++) {
  const x = await sampleImage(c, { name: `img-${i}`, run: `20261120T110000Z-${i.toString(16).padStart(8, '0')}` });
  for (const [k, v] of x.files) all.set(k, v);
}
t('made samples', s); s = performance.now();
await c.engineCommit(all);
t('wrote', s); s = performance.now();
for (let i = 0; i < commits; i++) {
  const x = await sampleImage(c, { name: `more-${i}`, run: `20261121T110000Z-${i.toString(16).padStart(8, '0')}` });
  await c.engineCommit(x.files);
}
t('commits', s); c.rig.git('gc', '--quiet'); s = performance.now();
const prefix = memoryMemo();
const v = await c.verify({ prefix });
t('verify full', s); console.log(JSON.stringify(v.summary), v.findings.length); s = performance.now();
await c.verify({ prefix }); t('verify remembered', s); s = performance.now();
await readCatalog(c.git, c.tip); t('readCatalog', s); s = performance.now();
const memo = new Map();
const ch = (await sampleImage(c, { name: 'last', run: '20261122T110000Z-00000000' })).files;
const h = { git: c.git, parent: c.tip, changes: ch, desiredCommit: c.tip, trustVersion: 1, signers: [c.builder], now, memo };
await nextHead(h); t('nextHead cold', s); s = performance.now();
await nextHead(h); t('nextHead warm memo', s);
await c[Symbol.asyncDispose]();
