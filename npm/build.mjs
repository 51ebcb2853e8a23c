// Makes the packages for npm in a folder: the one that people install, and one for each program that is given.
//
//     node npm/build.mjs OUT [NAME=PROGRAM]...
//
// NAME is one of platforms.json. Nothing is published; `npm pack` and `npm publish` take the folders in OUT.
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (...path) => JSON.parse(readFileSync(join(root, ...path), 'utf8'));
const manifest = read('npm', 'leaklint', 'package.json');
const platforms = read('npm', 'platforms.json');

const [out, ...programs] = process.argv.slice(2);
if (!out) fail('usage: node npm/build.mjs OUT [NAME=PROGRAM]...');
const given = programs.map((argument) => {
  const at = argument.indexOf('=');
  const [name, program] = [argument.slice(0, at), argument.slice(at + 1)];
  const platform = platforms.find((it) => it.name === name);
  if (at < 0 || !platform) fail(`\`${argument}\` is not NAME=PROGRAM with one of ${platforms.map((it) => it.name).join(', ')}`);
  return { platform, program };
});

checkVersions();
shim();
given.forEach(platformPackage);

/** All packages have the version of the crate, and the shim asks for exactly it. */
function checkVersions() {
  const crate = readFileSync(join(root, 'Cargo.toml'), 'utf8').match(/^version = "(.+)"$/m)[1];
  const asked = Object.entries(manifest.optionalDependencies);
  const expected = platforms.map((it) => `@leaklint/${it.name}`);
  if (manifest.version !== crate || asked.some(([, version]) => version !== crate)) {
    fail(`npm/leaklint/package.json does not have version ${crate} throughout`);
  }
  if (asked.map(([name]) => name).join() !== expected.join()) {
    fail('the optional dependencies are not those of platforms.json');
  }
}

/** The package `leaklint`. */
function shim() {
  const folder = fresh('leaklint');
  cpSync(join(root, 'npm', 'leaklint'), folder, { recursive: true });
  copyFileSync(join(root, 'rules', 'configuration_schema.json'), join(folder, 'configuration_schema.json'));
  licences(folder);
}

/** The package with one program. */
function platformPackage({ platform, program }) {
  const { name, os, cpu, libc } = platform;
  const folder = fresh(name);
  const file = os === 'win32' ? 'leaklint.exe' : 'leaklint';
  copyFileSync(program, join(folder, file));
  chmodSync(join(folder, file), 0o755);
  licences(folder);
  const { version, license, repository } = manifest;
  const described = {
    name: `@leaklint/${name}`,
    version,
    description: `The program of leaklint for ${name}`,
    license,
    repository: { ...repository, directory: 'npm' },
    files: [file, 'LICENSE-APACHE', 'LICENSE-MIT'],
    // Programs cannot be started from within a zip archive.
    preferUnplugged: true,
    os: [os],
    cpu: [cpu],
    ...(libc && { libc: [libc] }),
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(described, null, 2) + '\n');
}

function licences(folder) {
  for (const file of ['LICENSE-APACHE', 'LICENSE-MIT']) copyFileSync(join(root, file), join(folder, file));
}

function fresh(name) {
  const folder = join(out, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

function fail(message) {
  console.error(`error: ${message}`);
  process.exit(2);
}
