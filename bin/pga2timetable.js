#!/usr/bin/env node
// A script, not a module: from Node 12 on it can say that a Node is too old, and it starts without Node's module loader.
const [major, minor] = process.versions.node.split('.').map(Number);
const args = process.argv.slice(2);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`pga2timetable needs Node.js 20.19 or later; this is ${process.versions.node}.`);
  process.exitCode = 2;
} else if (args.length === 1 && args[0] === '--version') {
  process.stdout.write(`${require('../package.json').version}\n`);
} else {
  // Node 22.1 and later keep the compiled program between runs.
  const { enableCompileCache } = require('module');
  if (enableCompileCache) enableCompileCache();
  // Left alone, V8 lets the heap grow to four times what is in use before it looks for garbage.
  require('v8').setFlagsFromString('--heap-growing-percent=80');
  // Stays where a run ends without saying how.
  process.exitCode = 1;
  import('../dist/pga2timetable.js')
    .then(({ main }) => main())
    .catch((error) => {
      console.error(error);
      process.exit(1);
    });
}
