declare const PACKAGE_VERSION: string;

const [first, ...others] = process.argv.slice(2);

// Nothing else is loaded for an answer that stands here already.
if (first === '--version' && others.length === 0) process.stdout.write(`${PACKAGE_VERSION}\n`);
else await (await import('./main.ts')).main();
