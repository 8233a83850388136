// Makes src/api/schema.ts anew from the OpenAPI document of a running server: npm run types -- http://127.0.0.1:5080
import { writeFile } from 'node:fs/promises';
import openapi, { astToString } from 'openapi-typescript';

const server = process.argv[2] ?? 'http://127.0.0.1:5080';
const ast = await openapi(new URL('/openapi/v1.json', server));
const head = '// Made by "npm run types" from the OpenAPI document of the server. Not edited by hand.\n\n';
await writeFile(new URL('../src/api/schema.ts', import.meta.url), head + astToString(ast));
