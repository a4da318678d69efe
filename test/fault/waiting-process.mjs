// Loads the built tool ahead, then runs it with the arguments that it is sent.
import { readdirSync } from 'node:fs';

const dist = new URL('../../dist/', import.meta.url);
const [run] = readdirSync(dist).filter((name) => /^carry-out-.*\.js$/.test(name));
const [{ main }] = await Promise.all(
  ['pga2timetable.js', run].map((name) => import(new URL(name, dist).href)),
);
process.once('message', (args) => {
  process.argv.push(...args);
  main();
});
