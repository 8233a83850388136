// After "npm run build": the JavaScript that each page loads first, gzip, and whether it keeps to the limit. What is loaded when it is
// needed (charts, the sign-in of an ended session) is told by itself.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMIT_KIB = 350;
const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));
const size = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length / 1024;

function filesOf(name, seen = new Set()) {
  const chunk = manifest[name];
  if (chunk && !seen.has(chunk.file)) {
    seen.add(chunk.file);
    for (const one of chunk.imports ?? []) {
      filesOf(one, seen);
    }
  }
  return seen;
}

/** The texts that a page needs beside those of every page. */
const router = readFileSync(new URL('../src/app/pages.ts', import.meta.url), 'utf8');
const parts = new Map(
  [...router.matchAll(/import\('\.\.\/(pages\/[\w/-]+)'\),\s*texts: '(\w+)'/g)].map(([, page, part]) => [
    `src/${page}.tsx`,
    `src/texts/en/${part}.ts`,
  ]),
);

const total = (files) => [...files].reduce((sum, file) => sum + size(file), 0);
const texts = filesOf('src/texts/en/index.ts');
const first = filesOf('index.html');
const told = (kib, name) => console.log(`${kib.toFixed(0).padStart(5)} KiB  ${name}`);
let fits = true;
const later = [];
for (const name of Object.keys(manifest).filter((one) => one.startsWith('src/pages/'))) {
  if (name.endsWith('Page.tsx')) {
    const kib = total(new Set([...first, ...texts, ...filesOf(parts.get(name) ?? ''), ...filesOf(name)]));
    fits &&= kib <= LIMIT_KIB;
    told(kib, name);
  } else {
    later.push(name);
  }
}
for (const name of later) {
  told(total([...filesOf(name)].filter((file) => !first.has(file))), `${name}, loaded when it is needed`);
}
told(total(first), `what every page loads; the limit of a page is ${LIMIT_KIB} KiB`);
process.exitCode = fits ? 0 : 1;
