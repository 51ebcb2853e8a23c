#!/usr/bin/env node
// Starts the program for this machine, which is in an optional dependency of this package.
'use strict';

const { spawnSync } = require('node:child_process');

/** The names of the packages that would do, best first; none where there is no program for the machine. */
function candidates({ platform, arch }, isMusl) {
  if (arch !== 'x64' && arch !== 'arm64') return [];
  switch (platform) {
    case 'darwin':
    case 'win32':
      return [`@leaklint/${platform}-${arch}`];
    case 'linux': {
      // The program for musl is linked statically and runs beside glibc too.
      const musl = `@leaklint/linux-${arch}-musl`;
      return isMusl() ? [musl] : [`@leaklint/linux-${arch}-gnu`, musl];
    }
    default:
      return [];
  }
}

/** Whether this Linux has musl in place of glibc. */
function isMusl() {
  if (!process.report) return false;
  // Otherwise the report looks up the names of all open connections.
  process.report.excludeNetwork = true;
  return !process.report.getReport().header.glibcVersionRuntime;
}

function find(names, resolve) {
  const file = process.platform === 'win32' ? 'leaklint.exe' : 'leaklint';
  for (const name of names) {
    try {
      return resolve(`${name}/${file}`);
    } catch {
      // Not installed: the next one.
    }
  }
  return undefined;
}

function missing(names) {
  const machine = `${process.platform} on ${process.arch}`;
  if (names.length === 0) {
    return `there is no program for ${machine}; build it with Rust: cargo install leaklint`;
  }
  return (
    `the package \`${names[0]}\` is not installed, which has the program for ${machine}\n` +
    '  It is an optional dependency: install without `--omit=optional` (`--no-optional`), and on the machine that runs it,\n' +
    '  as a `node_modules` from another platform has another program. A lock file that was written on another platform\n' +
    '  may lack it: npm install --include=optional leaklint'
  );
}

function main() {
  const names = candidates(process, isMusl);
  const program = find(names, require.resolve);
  if (program === undefined) {
    console.error(`error: ${missing(names)}`);
    return 2;
  }
  const { error, signal, status } = spawnSync(program, process.argv.slice(2), { stdio: 'inherit' });
  if (error) {
    console.error(`error: ${program} cannot be started: ${error.message}`);
    return 2;
  }
  if (signal) {
    process.kill(process.pid, signal);
  }
  return status ?? 2;
}

process.exitCode = main();
