import { setFlagsFromString } from 'node:v8';

declare const PACKAGE_VERSION: string;

// Left alone, V8 lets the heap grow to four times what is in use before it looks for garbage.
setFlagsFromString('--heap-growing-percent=80');

const [first, ...others] = process.argv.slice(2);

// Nothing else is loaded for an answer that stands here already.
if (first === '--version' && others.length === 0) process.stdout.write(`${PACKAGE_VERSION}\n`);
else await (await import('./main.ts')).main();
