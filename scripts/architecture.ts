import { readFileSync, writeFileSync } from 'node:fs';
import { diagram } from '../test/rooms.ts';

const PAGE = 'docs/architecture.md';

// Puts the rooms as they are in the table into the page.
const page = readFileSync(PAGE, 'utf8');
writeFileSync(PAGE, page.replace(/```mermaid\n.*?```/s, diagram()));
