//! By what name and where a collection is declared, as a reader of the code would say.

use super::Program;
use crate::finding::Scope;
use crate::program::flow::{SiteIdx, SiteKind};
use crate::program::lifetimes::Holder;
use crate::source::Place;
use crate::summary::{BindingIdx, FunctionKind, OpIdx, OpKind, Type, TypeIdx, Write};

pub(in crate::program) struct Naming {
    pub(in crate::program) text: String,
    pub(in crate::program) place: Place,
    pub(in crate::program) scope: Scope,
    pub(in crate::program) binding: Option<BindingIdx>,
}

/// The name by which a site is kept: `cache`, `Registry.cache`, `store.items`, `exports.cache`.
pub(in crate::program) fn name(program: &Program, site: SiteIdx, depth: u32) -> Option<Naming> {
    if depth > 6 {
        return None;
    }
    let holder = program.lifetimes.holder[site.0 as usize]?;
    match holder {
        Holder::Binding(binding) => {
            let data = &program.code.bindings[binding.at()];
            let in_module = program.code.functions[data.function.at()].kind == FunctionKind::Module;
            let scope = if in_module {
                Scope::Module
            } else {
                Scope::Closure
            };
            Some(Naming {
                text: program.binding_name(binding).to_owned(),
                place: program.declaration(binding),
                scope,
                binding: Some(binding),
            })
        }
        // Methods by computed names.
        Holder::Field(_, field) if field == program.flow.well_known.prototype => None,
        Holder::Field(owner, field) => {
            let field = program.text(field).to_owned();
            let place = program.lifetimes.written[site.0 as usize]
                .or(program.flow.sites[site.0 as usize].op)
                .map(|op| property_place(program, op))?;
            let kind = program.flow.sites[owner.0 as usize].kind;
            let (prefix, scope) = match kind {
                SiteKind::Exports | SiteKind::ModuleObject => ("exports".to_owned(), Scope::Export),
                SiteKind::Namespace(_) => {
                    return Some(Naming {
                        text: field,
                        place,
                        scope: Scope::Export,
                        binding: None,
                    });
                }
                SiteKind::GlobalObject => ("globalThis".to_owned(), Scope::Global),
                SiteKind::Class(class) => {
                    let class = program.code.classes[class.at()]
                        .name
                        .map_or("class", |name| program.text(name));
                    (class.to_owned(), Scope::Static)
                }
                SiteKind::Function(function) => {
                    let function = program.code.functions[function.at()]
                        .name
                        .map_or("function", |name| program.text(name));
                    (function.to_owned(), Scope::Static)
                }
                SiteKind::Instance(constructor) => {
                    let owner = name(program, owner, depth + 1)
                        .map(|naming| naming.text)
                        .or_else(|| class_name(program, constructor))
                        .unwrap_or_else(|| "this".to_owned());
                    (owner, Scope::Field)
                }
                _ => {
                    let owner = name(program, owner, depth + 1)?;
                    (owner.text, owner.scope)
                }
            };
            let dot = if field.starts_with('[') { "" } else { "." };
            Some(Naming {
                text: format!("{prefix}{dot}{field}"),
                place,
                scope,
                binding: None,
            })
        }
        Holder::Element(_) => None,
    }
}

/// What nothing of the program names is called after its class.
fn class_name(program: &Program, constructor: SiteIdx) -> Option<String> {
    let SiteKind::Class(class) = program.flow.sites[constructor.0 as usize].kind else {
        return None;
    };
    let name = program.code.classes[class.at()].name?;
    Some(program.text(name).to_owned())
}

/// The place of a property's name where a write gives it, else of the whole operation.
fn property_place(program: &Program, op: OpIdx) -> Place {
    let mut place = program.place(op);
    if let OpKind::Store { value, write, .. } = *program.code.kind(op)
        && write != Write::Init
    {
        // `this.items = new Map()`: up to the value.
        let value = program.span(value);
        if value.start > place.span.start && value.end <= place.span.end {
            place.span.end = value.start.saturating_sub(1);
        }
    }
    place
}

pub(super) fn key_type(
    program: &Program,
    allocation: OpIdx,
    binding: Option<BindingIdx>,
) -> Option<TypeIdx> {
    let type_args = &program.code.type_args;
    if let Ok(position) = type_args.binary_search_by_key(&allocation, |&(call, _)| call) {
        return Some(type_args[position].1);
    }
    let annotation = program.code.bindings[binding?.at()].annotation?;
    match &program.code.types[annotation.at()] {
        Type::Named { name, args, .. }
            if matches!(
                program.text(*name),
                "Map" | "Set" | "Record" | "ReadonlyMap" | "ReadonlySet"
            ) =>
        {
            args.first().copied()
        }
        _ => None,
    }
}
