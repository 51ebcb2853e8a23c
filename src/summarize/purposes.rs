//! What a module's own text says of how it is used.
//!
//! Knows the facts of one module. Must not know swc.

use crate::summary::{
    BinaryOp, Export, FunctionIdx, ModuleSummary, Name, OpIdx, OpKind, Purpose, RegionKind,
};

/// How many bindings a module has before their names tell whether a tool has shortened them.
const MIN_BINDINGS: usize = 40;

/// How many properties the object of a migration has at most: a name and settings beside what it does.
const MAX_PARTS: usize = 4;

/// Whether most of what a module declares has names of one or two letters, as tools give them.
pub(super) fn has_short_names(module: &ModuleSummary) -> bool {
    let names = module
        .bindings
        .iter()
        .map(|binding| module.name(binding.name).len())
        .filter(|&length| length > 0);
    let (mut all, mut short) = (0, 0);
    for length in names {
        all += 1;
        short += usize::from(length <= 2);
    }
    all >= MIN_BINDINGS && short * 3 > all * 2
}

/// What a module is for, where it is neither a library nor a program that stays.
pub(super) fn purpose(module: &ModuleSummary) -> Option<Purpose> {
    if is_migration(module) {
        Some(Purpose::Migration)
    } else if is_script(module) {
        Some(Purpose::Script)
    } else {
        None
    }
}

/// `if (require.main === module) main()`, and nothing that waits for events.
fn is_script(module: &ModuleSummary) -> bool {
    let asks = |op: OpIdx| match *module.kind(op) {
        OpKind::Binary {
            op: BinaryOp::Equal,
            left,
            right,
        } => is_started(module, left) || is_started(module, right),
        _ => is_started(module, op),
    };
    let is_asked = module.regions.iter().any(|region| match region.kind {
        RegionKind::Branch {
            test, sense: true, ..
        } => region.function == FunctionIdx(0) && asks(test),
        _ => false,
    });
    is_asked && !stays(module)
}

/// `require.main`, `import.meta.main`, `process.argv[1]`: what tells which file a process was started with.
fn is_started(module: &ModuleSummary, op: OpIdx) -> bool {
    match *module.kind(op) {
        OpKind::Member { object, name } if module.name(name) == "main" => {
            match *module.kind(object) {
                OpKind::Global(global) => module.name(global) == "require",
                OpKind::Unknown => true,
                _ => false,
            }
        }
        OpKind::Index { object, key } => {
            matches!(*module.kind(key), OpKind::Num(position) if position.to_bits() == 1f64.to_bits())
                && matches!(*module.kind(object), OpKind::Member { name, .. } if module.name(name) == "argv")
        }
        _ => false,
    }
}

/// Whether a module calls what keeps a process alive.
fn stays(module: &ModuleSummary) -> bool {
    module.ops.iter().any(|op| {
        let OpKind::Call { callee, .. } = op.kind else {
            return false;
        };
        let name = match *module.kind(callee) {
            OpKind::Member { name, .. } | OpKind::Global(name) => module.name(name),
            OpKind::Read(binding) => module.name(module.bindings[binding.at()].name),
            _ => return false,
        };
        matches!(
            name,
            "addEventListener"
                | "addListener"
                | "connect"
                | "consume"
                | "createServer"
                | "listen"
                | "login"
                | "on"
                | "schedule"
                | "serve"
                | "setInterval"
                | "start"
                | "subscribe"
                | "watch"
        )
    })
}

/// A change to a database and what takes it back: `{ async up(db) {}, async down(db) {} }`, `exports.up = …`.
fn is_migration(module: &ModuleSummary) -> bool {
    let (ups, downs) = (owners_of(module, "up"), owners_of(module, "down"));
    let is_small = |owner: &Owner| match *owner {
        Owner::Exports => true,
        Owner::Class(class) => module.classes[class].methods.len() <= MAX_PARTS,
        Owner::Literal(literal) => match *module.kind(literal) {
            OpKind::Object { properties } => properties as usize <= MAX_PARTS,
            _ => false,
        },
    };
    ups.iter()
        .any(|owner| downs.contains(owner) && is_small(owner))
}

/// What has a function.
#[derive(PartialEq, Eq)]
enum Owner {
    /// The module exports it.
    Exports,
    /// It is a method of a class, by its position.
    Class(usize),
    /// It is a property of what is written out.
    Literal(OpIdx),
}

/// What has a function of a name.
fn owners_of(module: &ModuleSummary, wanted: &str) -> Vec<Owner> {
    let is_it = |name: Name| module.name(name) == wanted;
    let is_function = |value: OpIdx| matches!(module.kind(value), OpKind::Function(_));
    let exported = module.exports.iter().filter_map(|export| match *export {
        Export::Binding { name, .. } if is_it(name) => Some(Owner::Exports),
        _ => None,
    });
    let classes = module.classes.iter().enumerate();
    let methods = classes
        .filter(|(_, class)| class.methods.iter().any(|method| is_it(method.name)))
        .map(|(position, _)| Owner::Class(position));
    let properties = module.ops.iter().filter_map(|op| match op.kind {
        OpKind::Store {
            object,
            name,
            value,
            ..
        } if is_it(name) && is_function(value) => match *module.kind(object) {
            OpKind::Object { .. } => Some(Owner::Literal(object)),
            OpKind::Global(global) if module.name(global) == "exports" => Some(Owner::Exports),
            _ => None,
        },
        _ => None,
    });
    exported.chain(methods).chain(properties).collect()
}
