import type { ObjectId } from '../../adapters/git/git.ts';
import type { Memo } from '../../adapters/memo/memo.ts';
import { type Digest, isDigest } from '../../model/digest.ts';

/** Which catalog digest a git blob or tree has. A `Map` is one; nothing that it says proves anything. */
export interface DigestMemo {
  get(id: ObjectId): Digest | undefined;
  set(id: ObjectId, digest: Digest): unknown;
}

/** A memo that outlives the process. Rows of another form are dropped. */
export async function loadDigestMemo(memo: Memo): Promise<DigestMemo & { save(): Promise<void> }> {
  const known = new Map<string, Digest>();
  for (const line of ((await memo.read()) ?? '').split('\n')) {
    const [id, digest] = line.split(' ');
    if (id !== undefined && /^[0-9a-f]{40,64}$/.test(id) && isDigest(digest)) {
      known.set(id, digest);
    }
  }
  const countWhenLoaded = known.size;
  return {
    get: (id) => known.get(id),
    set: (id, digest) => known.set(id, digest),
    async save() {
      if (known.size !== countWhenLoaded) {
        await memo.write([...known].map(([id, digest]) => `${id} ${digest}\n`).join(''));
      }
    },
  };
}
