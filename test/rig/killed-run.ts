// node test/rig/killed-run.ts FOLDER POINT (before|after): a run that kills itself with SIGKILL at the journal's entry
// number POINT, before the entry is written or after it is on the disk.
import { resumableRun } from './resumable-run.ts';

const [folder = '', point = '', moment = ''] = process.argv.slice(2);
let entries = 0;

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

await resumableRun(folder, '20260101T000000Z-00000001', (journal) => ({
  ...journal,
  append: (entry) => {
    entries += 1;
    if (entries === Number(point) && moment === 'before') {
      die();
    }
    journal.append(entry);
    if (entries === Number(point)) {
      journal.synchronise().then(die, die);
    }
  },
}));
