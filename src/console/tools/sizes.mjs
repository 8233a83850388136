// After "npm run build": the JavaScript that each page loads first, gzip, and whether it keeps to the limit.
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

const total = (files) => [...files].reduce((sum, file) => sum + size(file), 0);
const texts = filesOf('src/texts/en/index.ts');
const first = filesOf('index.html');
let fits = true;
for (const name of Object.keys(manifest).filter((one) => one.startsWith('src/pages/'))) {
  const kib = total(new Set([...first, ...texts, ...filesOf(name)]));
  fits &&= kib <= LIMIT_KIB;
  console.log(`${kib.toFixed(0).padStart(5)} KiB  ${name}`);
}
console.log(
  `${total(first).toFixed(0).padStart(5)} KiB  what every page loads; the limit of a page is ${LIMIT_KIB} KiB`,
);
process.exitCode = fits ? 0 : 1;
