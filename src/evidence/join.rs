//! What a collection of the heap is in the program.
//!
//! Knows names and places; must not know what follows from it.

use std::path::Path;

use super::names::{self, Named, kind};
use super::scripts::{Located, Mapped, Scripts};
use super::{Declared, Standing, Tie, reason};
use crate::finding::{Finding, Scope, Silence};
use crate::heap::source_map::Original;
use crate::heap::{Binding, Function};
use crate::inventory::{Inventory, Item, finding_on, is_on_memo};
use crate::source::{FileIdx, Place, SourceFile};

/// All that is asked.
pub(super) struct Joiner<'a> {
    pub(super) files: &'a [SourceFile],
    pub(super) inventory: &'a Inventory,
    pub(super) findings: &'a [Finding],
    pub(super) folder: &'a Path,
    pub(super) scripts: &'a Scripts,
}

/// What the program has under a name: a collection, or just a variable.
#[derive(Clone, Copy)]
enum Target {
    Item(usize),
    Variable(Place),
}

const NOTHING_ADDS: &str = "nothing that was analysed adds to it";

impl Joiner<'_> {
    pub(super) fn tie(&self, binding: &Binding) -> Tie {
        let Some(script) = &binding.script else {
            return self.global(binding);
        };
        if let Some(tie) = self.memory(binding) {
            return tie;
        }
        let missing = match self.scripts.located(script) {
            Located::File(file) => return self.in_file(binding, script, file),
            Located::Several(paths) => format!(
                "`{}` may be any of {}: say which with --map-path",
                without_data(script),
                list(&paths)
            ),
            Located::Nothing => {
                format!("`{}` is not here (see --map-path)", without_data(script))
            }
        };
        let mapped = self.through_map(binding, script, None);
        mapped.unwrap_or_else(|| unknown(missing))
    }

    /// Where a class is written, if that is a file of the run.
    pub(super) fn class(&self, class: &Function) -> Option<Declared> {
        let script = class.script.as_deref()?;
        let line = class.line?;
        if let Some(map) = self.scripts.map(script) {
            let column = class.column?.checked_sub(1)?;
            let (map, origin) = self.scripts.lookup(map, line.checked_sub(1)?, column)?;
            let path = match self.scripts.original(map, &origin) {
                Some(file) => self.files[file.0 as usize].shown.clone(),
                None => self.shown(&map.resolve(origin.source)),
            };
            return Some(Declared {
                path,
                line: origin.line + 1,
                name: None,
            });
        }
        let Located::File(file) = self.scripts.located(script) else {
            return None;
        };
        Some(Declared {
            path: self.files[file.0 as usize].shown.clone(),
            line,
            name: None,
        })
    }

    /// What hangs on the global object: any file may have put it there.
    fn global(&self, binding: &Binding) -> Tie {
        let name = binding.name.trim_start_matches("globalThis.");
        let with = |is_meant: &dyn Fn(&Item) -> bool| -> Vec<usize> {
            let items = self.inventory.collections.iter().enumerate();
            let same_kind = items.filter(|(_, item)| item.shape == kind(binding));
            same_kind
                .filter(|(_, item)| is_meant(item))
                .map(|(at, _)| at)
                .collect()
        };
        let mut found =
            with(&|item| item.scope == Scope::Global && names::last(&item.binding) == name);
        if found.is_empty() {
            // A script that is no module declares properties of the global object.
            found = with(&|item| item.scope == Scope::Module && item.binding == name);
        }
        match found.as_slice() {
            [one] => self.item(*one, None, self.remark_of(*one)),
            [] => unknown("no file that was analysed puts it on the global object".to_owned()),
            _ => self.ambiguous(&found),
        }
    }

    /// What a memoize helper keeps, which is found fault with where the function is memoized, not in the helper.
    fn memory(&self, binding: &Binding) -> Option<Tie> {
        let (file, function) = self.original_function(binding.beside.as_ref()?)?;
        let text = &self.files[file.0 as usize];
        let is_it = |place: &Place| place.file == file && names::is_at(*place, &function, text);
        let mut memos = self.inventory.memos.iter();
        let memo = memos.find(|memo| memo.functions.iter().any(is_it))?;
        let is_on_it = |finding: &Finding| is_on_memo(finding, memo.place);
        let finding = self.findings.iter().position(is_on_it);
        let helper = binding.script.as_deref().map_or("a helper", without_data);
        Some(Tie {
            declared: Some(self.declared(memo.place, memo.binding.clone())),
            finding,
            standing: self.standing(finding, memo.silence.as_ref()),
            remark: Some(format!("kept by the memoize helper in {helper}")),
            is_large: false,
            is_hinted: false,
        })
    }

    /// A function by its place in a file of the run, through the source map if its script has one.
    fn original_function(&self, function: &Function) -> Option<(FileIdx, Function)> {
        let script = function.script.as_deref()?;
        let Some(map) = self.scripts.map(script) else {
            let Located::File(file) = self.scripts.located(script) else {
                return None;
            };
            return Some((file, function.clone()));
        };
        let (line, column) = (function.line?, function.column?);
        let lookup = self
            .scripts
            .lookup(map, line.checked_sub(1)?, column.checked_sub(1)?);
        let (map, origin) = lookup?;
        let file = self.scripts.original(map, &origin)?;
        Some((file, at(&origin)))
    }

    fn in_file(&self, binding: &Binding, script: &str, file: FileIdx) -> Tie {
        let holder = binding.holder.as_ref();
        let holder = holder.and_then(|class| class.script.as_deref());
        let mut places = vec![file];
        if let Some(Located::File(other)) = holder.map(|script| self.scripts.located(script))
            && other != file
        {
            places.push(other);
        }
        let named = names::find(binding, &places, self.inventory, self.files);
        let target = match &named {
            Named::Item(item) => Some(Target::Item(*item)),
            Named::Variable(place) => Some(Target::Variable(*place)),
            Named::Several(_) | Named::Nothing => None,
        };
        if let Some(tie) = self.through_map(binding, script, target) {
            return tie;
        }
        let remark = self.scripts.remark(file);
        match named {
            Named::Item(item) => self.item(item, None, remark),
            Named::Several(items) => self.ambiguous(&items),
            Named::Variable(place) => Tie {
                declared: Some(self.declared(place, None)),
                remark,
                ..unknown(NOTHING_ADDS.to_owned())
            },
            Named::Nothing => {
                let path = &self.files[file.0 as usize].shown;
                Tie {
                    remark,
                    ..unknown(format!(
                        "nothing in `{path}` that was analysed adds to a collection of that name"
                    ))
                }
            }
        }
    }

    /// By the source map of a script, if it has one: from where the collection is declared in the script, or else from
    /// the functions that were made beside it.
    fn through_map(&self, binding: &Binding, script: &str, target: Option<Target>) -> Option<Tie> {
        let place = target.map(|target| match target {
            Target::Item(item) => self.inventory.collections[item].place,
            Target::Variable(place) => place,
        });
        // The class of a field may be written in another script.
        let map = match place {
            Some(place) => self.scripts.map_of(place.file)?,
            None => self.scripts.map(script)?,
        };
        let remark = Some(format!("through the source map of {}", map.script));
        let origin = place.and_then(|place| {
            let (line, column) = utf16_position(&self.files[place.file.0 as usize], place);
            self.scripts.lookup(map, line, column)
        });
        let Some((map, origin)) = origin else {
            return self.by_functions(binding, map, remark);
        };
        // What stands where a field is declared need not be its name.
        let is_variable = names::last(&binding.name) == binding.name;
        let name = origin
            .name
            .filter(|name| is_variable && *name != binding.name)
            .map(str::to_owned);
        let written = |path: String| Declared {
            path,
            line: origin.line + 1,
            name: name.clone(),
        };
        let tie = if let Some(file) = self.scripts.original(map, &origin) {
            match self.declared_at(file, &origin, binding) {
                Some(Target::Item(item)) => self.item(item, self.other_name(item, binding), None),
                Some(Target::Variable(place)) => Tie {
                    declared: Some(self.declared(place, name.clone())),
                    ..unknown(NOTHING_ADDS.to_owned())
                },
                None => Tie {
                    declared: Some(written(self.files[file.0 as usize].shown.clone())),
                    ..unknown("no collection is declared there".to_owned())
                },
            }
        } else {
            // The verdict is that of what the tool made of it.
            let tie = match target {
                Some(Target::Item(item)) => self.item(item, None, None),
                _ => unknown("the original file was not analysed".to_owned()),
            };
            Tie {
                declared: Some(written(self.shown(&map.resolve(origin.source)))),
                ..tie
            }
        };
        Some(Tie { remark, ..tie })
    }

    /// The collection that the functions use that were made beside one, by their places in the original files.
    fn by_functions(&self, binding: &Binding, map: &Mapped, remark: Option<String>) -> Option<Tie> {
        let functions = binding.functions.iter().chain(&binding.holder);
        let origins: Vec<(&Mapped, Original)> = functions
            .filter_map(|function| {
                let (line, column) = (function.line?, function.column?);
                self.scripts
                    .lookup(map, line.checked_sub(1)?, column.checked_sub(1)?)
            })
            .collect();
        let (first_map, first) = origins.first()?;
        let mut found: Vec<usize> = Vec::new();
        let mut is_analysed = false;
        for (map, origin) in &origins {
            let Some(file) = self.scripts.original(map, origin) else {
                continue;
            };
            is_analysed = true;
            let function = self::at(origin);
            let text = &self.files[file.0 as usize];
            let users = self.inventory.in_file(file).filter(|(_, item)| {
                item.shape == kind(binding) && names::is_used_by(item, &function, text)
            });
            found.extend(users.map(|(at, _)| at));
        }
        found.sort_unstable();
        found.dedup();
        let is_named = |at: &usize| names::is_called(&self.inventory.collections[*at], binding);
        if found.iter().any(is_named) {
            found.retain(is_named);
        }
        Some(match found.as_slice() {
            [one] => self.item(*one, self.other_name(*one, binding), remark),
            [] => {
                let path = self.shown(&first_map.resolve(first.source));
                let reason = if is_analysed {
                    format!("no collection is used by the functions of {path} that hold it")
                } else {
                    format!("`{path}` was not analysed")
                };
                Tie {
                    remark,
                    ..unknown(reason)
                }
            }
            _ => Tie {
                remark,
                ..self.ambiguous(&found)
            },
        })
    }

    /// What is declared at an original place.
    fn declared_at(&self, file: FileIdx, origin: &Original, binding: &Binding) -> Option<Target> {
        let source = &self.files[file.0 as usize];
        let is_there = |place: Place| {
            let (line, _) = source.position(place.span.start);
            let (end, _) = source.position(place.span.end);
            (line..=end).contains(&(origin.line + 1))
        };
        let last = names::last(&binding.name);
        let name = origin.name.filter(|_| last == binding.name).unwrap_or(last);
        let is_named = |other: &str| names::last(other) == name;
        let items: Vec<(usize, &Item)> = self
            .inventory
            .in_file(file)
            .filter(|(_, item)| is_there(item.place))
            .collect();
        let named = items.iter().find(|(_, item)| is_named(&item.binding));
        let only = items.first().filter(|_| items.len() == 1);
        if let Some((at, _)) = named.or(only) {
            return Some(Target::Item(*at));
        }
        let mut variables = self.inventory.variables.iter();
        let variable = variables
            .find(|it| it.place.file == file && is_there(it.place) && is_named(&it.name))?;
        Some(Target::Variable(variable.place))
    }

    fn item(&self, at: usize, name: Option<String>, remark: Option<String>) -> Tie {
        let item = &self.inventory.collections[at];
        let finding = finding_on(self.findings, item);
        Tie {
            declared: Some(self.declared(item.place, name)),
            finding,
            standing: self.standing(finding, item.silence.as_ref()),
            remark,
            is_large: false,
            is_hinted: false,
        }
    }

    fn standing(&self, finding: Option<usize>, silence: Option<&Silence>) -> Standing {
        match (finding, silence) {
            (Some(_), _) => Standing::Confirmed,
            (None, Some(silence)) => Standing::Silent(reason(silence, self.files)),
            (None, None) => Standing::Silent("no rule says anything of it".to_owned()),
        }
    }

    /// What the source calls a collection, if that is not what the script does.
    fn other_name(&self, item: usize, binding: &Binding) -> Option<String> {
        let name = &self.inventory.collections[item].binding;
        (names::plain(name) != names::plain(&binding.name)).then(|| name.clone())
    }

    fn remark_of(&self, item: usize) -> Option<String> {
        let file = self.inventory.collections[item].place.file;
        self.scripts.remark(file)
    }

    fn ambiguous(&self, items: &[usize]) -> Tie {
        let place = |at: &usize| {
            let item = &self.inventory.collections[*at];
            let place = self.declared(item.place, None);
            format!("`{}` at {}:{}", item.binding, place.path, place.line)
        };
        let places: Vec<String> = items.iter().map(place).collect();
        unknown(format!("it may be any of {}", list(&places)))
    }

    fn declared(&self, place: Place, name: Option<String>) -> Declared {
        let file = &self.files[place.file.0 as usize];
        Declared {
            path: file.shown.clone(),
            line: file.position(place.span.start).0,
            name,
        }
    }

    /// A path as files of the run are shown.
    fn shown(&self, path: &str) -> String {
        let folder = self.folder.to_string_lossy().replace('\\', "/");
        let inner = path.strip_prefix(folder.as_str());
        if let Some(inner) = inner.and_then(|inner| inner.strip_prefix('/')) {
            return inner.to_owned();
        }
        // `webpack://app/./src/a.js` is relative to where the bundle was made.
        let relative = path.trim_start_matches('/');
        if self.folder.join(relative).is_file() {
            relative.to_owned()
        } else {
            path.to_owned()
        }
    }
}

/// A function without a name at an original place.
fn at(origin: &Original) -> Function {
    Function {
        line: Some(origin.line + 1),
        column: Some(origin.column + 1),
        name: String::new(),
        script: None,
    }
}

fn unknown(reason: String) -> Tie {
    Tie {
        declared: None,
        finding: None,
        standing: Standing::Unknown(reason),
        remark: None,
        is_large: false,
        is_hinted: false,
    }
}

/// The name of a script without what a server was asked with it.
fn without_data(script: &str) -> &str {
    match script.strip_prefix("data:") {
        Some(_) => "data:",
        None => &script[..script.find(['?', '#']).unwrap_or(script.len())],
    }
}

/// The first few of a list.
fn list(texts: &[String]) -> String {
    const MOST: usize = 4;
    let shown: Vec<&str> = texts.iter().take(MOST).map(String::as_str).collect();
    let shown = shown.join(", ");
    match texts.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Where a place begins, as source maps count: both 0-based, the column in UTF-16 code units.
fn utf16_position(file: &SourceFile, place: Place) -> (u32, u32) {
    let (line, _) = file.position(place.span.start);
    let start = file.line_span(line).start as usize;
    let before = file.text.get(start..place.span.start as usize);
    let column = before.unwrap_or_default().encode_utf16().count();
    (line - 1, column as u32)
}
