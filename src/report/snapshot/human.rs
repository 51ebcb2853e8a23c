//! A report for people.

use std::io::{self, Write};

use super::super::visible;
use super::{Report, nearest};
use crate::evidence::Declared;
use crate::heap::{Binding, Function, Growth, Kind, Owner, Part, why};

/// How many functions of a scope, and types of keys, a collection shows.
const MAX_NAMES: usize = 4;

/// Writes the size of the heap, what grew, the collections and the constructors.
///
/// # Errors
/// Those of `out`.
pub fn human(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    head(report, out)?;
    let by_identity = report.growth_by_identity();
    let mut shown = 0;
    for (_, binding) in report.bindings() {
        shown += 1;
        let growth = by_identity.get(&binding.identity()).copied();
        collection(report, shown, binding, growth, None, out)?;
    }
    left_out(report, shown, out)?;
    constructors(report, out)
}

/// The size of the heap, and what grew.
pub(super) fn head(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "heap  {}", summary(report))?;
    growth(report, out)
}

/// The size of the heap.
pub(super) fn summary(report: &Report) -> String {
    let facts = &report.last.facts;
    let sizes = report
        .surveys
        .iter()
        .map(|survey| bytes(survey.facts.reachable_bytes));
    format!(
        "{} reachable · {} objects · {}",
        sizes.collect::<Vec<_>>().join(" → "),
        number(facts.nodes as u64),
        facts.runtime
    )
}

/// How many collections are not shown, and why.
fn left_out(report: &Report, shown: usize, out: &mut dyn Write) -> io::Result<()> {
    let collections = |count: usize| {
        let count = count as u64;
        plural(
            &number(count),
            count,
            "smaller collection",
            "smaller collections",
        )
    };
    let all = &report.last.bindings;
    let small = all
        .iter()
        .filter(|it| it.retained_bytes < report.options.min_retained)
        .count();
    if all.is_empty() {
        writeln!(out, "\nno collection is held by scripts of the program")?;
    }
    match all.len() - small - shown {
        0 => {}
        rest => writeln!(out, "\n{} (--top 0 shows all)", collections(rest))?,
    }
    match small {
        0 => Ok(()),
        small => writeln!(out, "\n{} below --min-retained", collections(small)),
    }
}

/// A line on growth, in words.
pub(super) struct Grown {
    pub(super) bytes: String,
    pub(super) entries: String,
    /// `new`, `gone`, or nothing.
    pub(super) mark: &'static str,
    pub(super) name: String,
    pub(super) script: Option<String>,
}

/// What grew, most first, and then what shrank.
pub(super) fn grown(report: &Report) -> Vec<Grown> {
    let is_large = |growth: &&Growth| {
        let largest = growth
            .sizes
            .iter()
            .flatten()
            .map(|size| size.retained_bytes)
            .max();
        largest >= Some(report.options.min_retained)
    };
    let more = |growth: &&Growth| growth.total().retained_bytes > 0;
    let less = |growth: &&Growth| growth.total().retained_bytes < 0;
    let grown = report.growth.iter().filter(is_large).filter(more);
    let shrunk = report.growth.iter().rev().filter(is_large).filter(less);
    let row = |growth: &Growth| {
        let total = growth.total();
        let script = growth.identity.script();
        Grown {
            bytes: signed(total.retained_bytes, bytes),
            entries: plural(
                &signed(total.entries, number),
                total.entries.unsigned_abs(),
                "entry",
                "entries",
            ),
            mark: if growth.is_new() {
                "new"
            } else if growth.is_gone() {
                "gone"
            } else {
                ""
            },
            name: visible(&report.name(growth.identity.name(), growth.identity.is_field())),
            script: script.map(|script| visible(&report.script(script))),
        }
    };
    let rows = grown.take(report.top()).chain(shrunk.take(report.top()));
    rows.map(row).collect()
}

fn growth(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.surveys.len() < 2 {
        return Ok(());
    }
    let rows = grown(report);
    if rows.is_empty() {
        return writeln!(out, "\nno collection grew or shrank");
    }
    writeln!(out, "\ngrowth from the first to the last")?;
    for row in rows {
        let mark = match row.mark {
            "" => String::new(),
            mark => format!("{mark:<6}"),
        };
        let place = row.script.map(|script| format!("   {script}"));
        writeln!(
            out,
            "{:>12}  {:>14}  {mark}{}{}",
            row.bytes,
            row.entries,
            row.name,
            place.unwrap_or_default()
        )?;
    }
    Ok(())
}

/// What is told of a collection, in words.
pub(super) struct Described {
    /// The file and line of its declaration, failing that the script.
    pub(super) place: Option<String>,
    pub(super) name: String,
    pub(super) class: String,
    /// How many entries.
    pub(super) size: String,
    /// What it keeps alive,
    pub(super) bytes: String,
    /// and what part of the heap that is, in percent.
    pub(super) share: String,
    /// What is told besides, and under what heading, if it has one.
    pub(super) lines: Vec<(&'static str, String)>,
}

/// `declared` is where the sources have it.
pub(super) fn describe(
    report: &Report,
    binding: &Binding,
    growth: Option<&Growth>,
    declared: Option<&Declared>,
) -> Described {
    let declared_at = declared.map(|it| format!("{}:{}", it.path, it.line));
    let script = binding.script.as_deref();
    let place = declared_at.or_else(|| script.map(|it| report.script(it)));
    let name = report.name(&binding.name, binding.owner == Owner::Field);
    let name = match declared.and_then(|declared| declared.name.as_deref()) {
        Some(original) => format!("{original} (`{name}` in the script)"),
        None => name,
    };
    let about = if binding.is_exact { "" } else { "up to " };
    let count = plural(
        &number(binding.entries),
        binding.entries,
        "entry",
        "entries",
    );
    let instances = match binding.instances {
        1 => String::new(),
        count => format!(" in {} instances", number(count.into())),
    };
    let of = report.last.facts.reachable_bytes;
    let share = match (u128::from(binding.retained_bytes) * 100).checked_div(of.into()) {
        None | Some(0) => "less than 1".to_owned(),
        Some(share) => share.to_string(),
    };
    let mut lines = contents(report, binding);
    if declared.is_none() {
        lines.insert(0, ("held by", holder(report, binding)));
    }
    lines.push(("why", report.name_in(&why(binding), binding)));
    lines.extend(growth.map(|growth| ("grew", sizes(growth))));
    Described {
        place: place.map(|place| visible(&place)),
        name: visible(&name),
        class: visible(&binding.class),
        size: format!("{about}{count}{instances}"),
        bytes: bytes(binding.retained_bytes),
        share,
        lines: lines
            .into_iter()
            .map(|(name, text)| (name, visible(&text)))
            .collect(),
    }
}

/// What keys and values are, and what weak keys would free.
fn contents(report: &Report, binding: &Binding) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    if !binding.keys.is_empty() && binding.kind != Kind::Object {
        let only = binding.if_weak.map(|weak| match weak.entries {
            all if all == binding.entries => ", all reachable only through it".to_owned(),
            0 => ", all reachable without it too".to_owned(),
            some => format!(", {} reachable only through it", number(some)),
        });
        let noun = if binding.kind == Kind::Set {
            "elements"
        } else {
            "keys"
        };
        let keys = parts(report, &binding.keys);
        lines.push((noun, format!("{keys}{}", only.unwrap_or_default())));
    }
    if !binding.values.is_empty() {
        let noun = if binding.kind == Kind::Array {
            "elements"
        } else {
            "values"
        };
        lines.push((noun, parts(report, &binding.values)));
    }
    if let Some(allocated) = &binding.allocated {
        let name = match allocated.function.name.as_str() {
            "" => "a function".to_owned(),
            name => format!("`{name}`"),
        };
        let text = format!(
            "{} in {name}{}",
            number(allocated.count),
            place(report, &allocated.function)
        );
        lines.push(("allocated", text));
    }
    if let Some(weak) = binding.if_weak.filter(|weak| weak.bytes > 0) {
        let text = format!(
            "as a Weak{:?} it would free {}",
            binding.kind,
            bytes(weak.bytes)
        );
        lines.push(("", text));
    }
    lines
}

/// `declared` is where the sources have it.
pub(super) fn collection(
    report: &Report,
    rank: usize,
    binding: &Binding,
    growth: Option<&Growth>,
    declared: Option<&Declared>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let told = describe(report, binding, growth, declared);
    let place = told.place.map(|place| format!("{place}  "));
    writeln!(
        out,
        "\n#{rank}  {}{}   {}, {}",
        place.unwrap_or_default(),
        told.name,
        told.class,
        told.size
    )?;
    writeln!(
        out,
        "    keeps {} alive, {} % of the heap",
        told.bytes, told.share
    )?;
    for (name, text) in told.lines {
        match name {
            "" => writeln!(out, "    {text}")?,
            name => writeln!(out, "    {name:<9} {text}")?,
        }
    }
    Ok(())
}

/// "12 → 39 entries, 380 kB → 1.2 MB".
fn sizes(growth: &Growth) -> String {
    let joined = |show: &dyn Fn(crate::heap::Size) -> String| {
        let sizes = growth
            .sizes
            .iter()
            .map(|size| size.map_or_else(|| "none".to_owned(), show));
        sizes.collect::<Vec<_>>().join(" → ")
    };
    let entries = joined(&|size| number(size.entries));
    let retained = joined(&|size| bytes(size.retained_bytes));
    format!("{entries} entries, {retained}")
}

/// Through what the program reaches the collection.
fn holder(report: &Report, binding: &Binding) -> String {
    match binding.owner {
        Owner::Module | Owner::Closure => {
            let named = |function: &Function| match (function.name.as_str(), function.line) {
                ("", Some(line)) => format!("a function :{line}"),
                ("", None) => "a function".to_owned(),
                (name, Some(line)) => format!("{name} :{line}"),
                (name, None) => name.to_owned(),
            };
            let functions: Vec<String> = binding
                .functions
                .iter()
                .take(MAX_NAMES)
                .map(named)
                .collect();
            let scope = if binding.owner == Owner::Module {
                "module scope"
            } else {
                "a closure"
            };
            let beside = binding.beside.as_ref().map(|function| {
                let place = place(report, function);
                format!(", beside `{}`{place}", function.name)
            });
            let more = if binding.functions.len() > MAX_NAMES {
                ", …"
            } else {
                ""
            };
            let functions = match functions.as_slice() {
                [] => String::new(),
                some => format!(", captured by {}{more}", some.join(", ")),
            };
            format!("{scope}{functions}{}", beside.unwrap_or_default())
        }
        Owner::Export => "an export".to_owned(),
        Owner::Static => "a static field".to_owned() + &of_class(report, binding),
        Owner::Field => "a field".to_owned() + &of_class(report, binding),
        Owner::Global => "the global object".to_owned(),
    }
}

fn of_class(report: &Report, binding: &Binding) -> String {
    nearest(binding).map_or_else(String::new, |class| {
        format!(" of `{}`{}", class.name, place(report, class))
    })
}

/// " at script:line", as far as it is known.
pub(super) fn place(report: &Report, function: &Function) -> String {
    if let Some(declared) = report.classes.and_then(|classes| classes.get(function)) {
        return format!(" at {}:{}", declared.path, declared.line);
    }
    match (&function.script, function.line) {
        (Some(script), Some(line)) => format!(" at {}:{line}", report.script(script)),
        _ => String::new(),
    }
}

fn parts(report: &Report, parts: &[Part]) -> String {
    let part = |part: &Part| {
        let class = part
            .class
            .as_ref()
            .map(|class| place(report, class))
            .unwrap_or_default();
        let class = match class.as_str() {
            "" => String::new(),
            place => format!(" (class{place})"),
        };
        format!("{} × {}{class}", number(part.count), part.type_name)
    };
    let shown: Vec<String> = parts.iter().take(MAX_NAMES).map(part).collect();
    let more = if parts.len() > MAX_NAMES { ", …" } else { "" };
    shown.join(", ") + more
}

fn constructors(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut any = false;
    for constructor in report.constructors() {
        if !any {
            writeln!(out, "\nconstructors by retained size")?;
            any = true;
        }
        let class = constructor.class.as_ref().map(|class| place(report, class));
        writeln!(
            out,
            "{:>12}  {:>10} × {}{}",
            bytes(constructor.retained_bytes),
            number(constructor.count),
            visible(&constructor.name),
            visible(&class.unwrap_or_default())
        )?;
    }
    Ok(())
}

/// With a comma after each third digit.
pub(super) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// In decimal units, with one digit after the point from megabytes on.
pub(super) fn bytes(bytes: u64) -> String {
    let tenths = |unit: u64| {
        let tenths = (u128::from(bytes) * 10 + u128::from(unit) / 2) / u128::from(unit);
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..999_500 => format!("{} kB", (bytes + 500) / 1_000),
        999_500..999_950_000 => format!("{} MB", tenths(1_000_000)),
        _ => format!("{} GB", tenths(1_000_000_000)),
    }
}

fn signed(value: i64, show: fn(u64) -> String) -> String {
    let sign = if value < 0 { "−" } else { "+" };
    format!("{sign}{}", show(value.unsigned_abs()))
}

pub(super) fn plural(shown: &str, count: u64, one: &str, many: &str) -> String {
    format!("{shown} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (value, expected) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(number(value), expected);
        }
    }

    #[test]
    fn sizes_have_decimal_units() {
        for (size, expected) in [
            (999, "999 B"),
            (1_000, "1 kB"),
            (999_499, "999 kB"),
            (999_500, "1.0 MB"),
            (22_449_999, "22.4 MB"),
            (999_949_999, "999.9 MB"),
            (999_950_000, "1.0 GB"),
            (u64::MAX, "18446744073.7 GB"),
        ] {
            assert_eq!(bytes(size), expected);
        }
    }
}
