//! Programs made by code, as large as asked for: each module keeps things, and imports two others.
//!
//! Must not know what is measured.

use std::fmt::Write as _;
use std::path::PathBuf;

use leaklint::source::SourceFile;

/// How many lines a module has.
pub(crate) const LINES: usize = 50;

/// How many modules stand in a folder.
const IN_FOLDER: usize = 100;

/// A program of so many modules, all connected.
pub(crate) fn program(modules: usize) -> Vec<SourceFile> {
    let mut files: Vec<SourceFile> = (0..modules)
        .map(|number| {
            let path = format!("/made/src/{}/m{number}.ts", number / IN_FOLDER);
            SourceFile::new(PathBuf::from(&path), path, module(number))
        })
        .collect();
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

fn module(number: usize) -> String {
    let (near, far) = (number.saturating_sub(1), number / 2);
    let specifier = |of: usize| format!("../{}/m{of}", of / IN_FOLDER);
    let (from_near, from_far) = (specifier(near), specifier(far));
    let mut text = format!(
        "import {{ load as loadNear, Store as Near }} from '{from_near}';
import * as far from '{from_far}';

const cache = new Map<string, Item>();
const listeners: Listener[] = [];

export class Store extends Base {{
  items: Item[] = [];
  byId = new Map<string, Item>();
  near = new Near();

  add(item: Item) {{
    this.items.push(item);
    this.byId.set(item.id, item);
    return this.near.add(item);
  }}

  remove(id: string) {{
    this.byId.delete(id);
    this.items = this.items.filter((item) => item.id !== id);
  }}
}}

export const store = new Store();

export function load(id: string, options: Options = {{}}) {{
  let found = cache.get(id);
  if (!found) {{
    found = {{ id, options, parts: [], load: () => loadNear(id, options) }};
    cache.set(id, found);
  }}
  for (const listener of listeners) listener(found);
  return store.add(found);
}}

export function subscribe(listener: Listener) {{
  listeners.push(listener);
  return () => listeners.splice(listeners.indexOf(listener), 1);
}}
"
    );
    let written = text.lines().count();
    for part in 0..(LINES - written) / 3 {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "export function part{part}(input: Item, rest: Item[]) {{\n  return far.load(input.id + {part}, {{ ...input.options, rest: [...rest, input] }});\n}}"
        );
    }
    text
}
