// Loads the parts of the built tool ahead, then runs it with the arguments that it is sent.
import { readdirSync } from 'node:fs';

const dist = new URL('../../dist/', import.meta.url);
const parts = readdirSync(dist).filter((name) =>
  /^(?:migrate|undo|settings|command-line)-.*\.js$/.test(name),
);
await Promise.all(parts.map((name) => import(new URL(name, dist).href)));
process.once('message', (args) => {
  process.argv.push(...args);
  import(new URL('pga2timetable.js', dist).href);
});
