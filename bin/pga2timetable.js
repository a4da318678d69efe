#!/usr/bin/env node
// Must parse on every Node that knows modules, to say what is wrong with an old one.
import module from 'node:module';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major > 20 || (major === 20 && minor >= 19)) {
  // Node 22.1 and later keep the compiled program between runs.
  if (module.enableCompileCache) module.enableCompileCache();
  await import('../dist/pga2timetable.js');
} else {
  console.error(`pga2timetable needs Node.js 20.19 or later; this is ${process.versions.node}.`);
  process.exitCode = 2;
}
