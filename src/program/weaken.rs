//! What it takes to make a `Map` or `Set` weak: every use must be one that a `WeakMap` or `WeakSet` has too.
//!
//! Finds the names to change. Must not know rules or how a fix is shown.

use rustc_hash::FxHashMap;

use super::{Collection, Escape, Program, Shape, SiteIdx, SiteKind};
use crate::source::{FileIdx, Place};
use crate::summary::{
    BinaryOp, BindingIdx, BindingKind, CallKind, DeclaredType, FunctionIdx, Name, OpIdx, OpKind,
    Type, TypeDeclaration, TypeIdx, UnaryOp,
};

/// The names `Map` or `Set` that become `WeakMap` or `WeakSet`.
#[derive(Clone, Debug)]
pub struct Weakening {
    /// Where they are written: in the allocation, in annotations.
    pub names: Vec<Place>,
    /// Whether nothing else can happen to the collection, and its keys are objects for certain.
    pub is_safe: bool,
}

/// Methods that a weak collection has too.
const KEYED: &[&str] = &["add", "delete", "get", "has", "set"];

/// How many uses of aliases are followed.
const MAX_ALIASES: usize = 64;

impl Program {
    /// How to make a collection weak; none where something is done to it that a weak one cannot.
    pub fn weakening(&self, collection: &Collection) -> Option<Weakening> {
        let site = collection.site;
        let name = match collection.shape {
            Shape::Map => "Map",
            Shape::Set => "Set",
            Shape::Array | Shape::Object => return None,
        };
        let mut names = vec![self.allocating_name(collection.allocation, name)?];
        let mut uses = Uses::default();
        let held = self.held.get_or_init(|| held(self)).get(&site)?;
        for &(op, operand) in &held.operands {
            self.use_of(op, operand, &mut uses)?;
        }
        for &binding in &held.bindings {
            if let Some(annotation) = self.code.bindings[binding.at()].annotation {
                let is_only = self.flow.of_binding(binding) == [site];
                uses.types
                    .push((annotation, self.declaration(binding), is_only));
            }
        }
        for &function in &uses.returned_by {
            if let Some(returns) = self.code.functions[function.at()].returns {
                let place = Place {
                    file: self.file_of(function),
                    span: self.code.functions[function.at()].span,
                };
                uses.types.push((returns, place, true));
            }
        }
        for &(owner, field, is_only) in &held.fields {
            self.field_type(owner, field, is_only, &mut uses)?;
        }
        let mut aliases = Vec::new();
        for (annotation, place, is_only) in uses.types {
            let renamed = self.named(annotation, name, place.file, &mut aliases)?;
            if !is_only {
                return None;
            }
            names.push(renamed);
        }
        let is_private = self.are_used_only_by(&aliases)?;
        names.sort();
        names.dedup();
        let by_type = collection
            .key_type
            .is_some_and(|keys| self.is_object_type(keys));
        let is_seen = !collection.is_exported
            && collection.passed.is_empty()
            && !self.flow.escapes(site, Escape::Exported)
            && !self.flow.escapes(site, Escape::Passed);
        let are_objects = by_type || uses.keys.iter().all(|&key| self.is_proven_object(key));
        Some(Weakening {
            names,
            is_safe: is_seen
                && is_private
                && are_objects
                && !self.names_type_parameter(collection.key_type),
        })
    }

    /// Where `new Map` names what it makes. One that starts with entries has other keys than those that are seen.
    fn allocating_name(&self, allocation: OpIdx, name: &str) -> Option<Place> {
        let OpKind::Call {
            callee,
            args,
            kind: CallKind::New,
            ..
        } = self.code.kind(allocation)
        else {
            return None;
        };
        let is_empty = args
            .iter()
            .all(|&arg| matches!(self.code.kind(arg), OpKind::Nullish));
        match *self.code.kind(*callee) {
            OpKind::Global(called) if is_empty && self.text(called) == name => {
                Some(self.place(*callee))
            }
            _ => None,
        }
    }

    /// The place of a type's name, if that is `name` or an alias of it, which is noted; what the type is called otherwise,
    /// or a type that only reads, stays.
    fn named(
        &self,
        annotation: TypeIdx,
        name: &str,
        file: FileIdx,
        aliases: &mut Vec<TypeIdx>,
    ) -> Option<Place> {
        match &self.code.types[annotation.at()] {
            Type::Named {
                name: written,
                span,
                ..
            } if self.text(*written) == name => Some(Place { file, span: *span }),
            Type::Named { name: alias, .. } if aliases.len() < MAX_ALIASES => {
                let declared = self.alias(*alias, file)?;
                let DeclaredType::Alias(of) = declared.of else {
                    return None;
                };
                aliases.push(annotation);
                self.named(of, name, self.file_of(declared.function), aliases)
            }
            // `Map<K, V> | null`
            Type::Union(parts) => {
                let mut named = parts
                    .iter()
                    .filter(|part| !matches!(self.code.types[part.at()], Type::Nullish));
                let only = named.next()?;
                if named.next().is_some() {
                    return None;
                }
                self.named(*only, name, file, aliases)
            }
            _ => None,
        }
    }

    /// What a file means by the name of a type: what it declares or imports from a file of the program, if nothing else
    /// has that name.
    fn alias(&self, name: Name, file: FileIdx) -> Option<&TypeDeclaration> {
        let mut declared = self.code.type_declarations.iter();
        let mut declared = declared.by_ref().filter(|declared| declared.name == name);
        let only = declared.next().filter(|_| declared.next().is_none())?;
        let is_class = self
            .code
            .classes
            .iter()
            .any(|class| class.name == Some(name));
        let is_imported = || {
            self.code.bindings.iter().any(|binding| {
                matches!(binding.kind, BindingKind::Import { request, .. }
                    if binding.name == name
                        && self.file_of(binding.function) == file
                        && self.target(request).is_some())
            })
        };
        let is_meant = self.file_of(only.function) == file || is_imported();
        (is_meant && !is_class).then_some(only)
    }

    /// Whether importers that are not seen know none of the aliases; none where something else uses one of them.
    fn are_used_only_by(&self, uses: &[TypeIdx]) -> Option<bool> {
        let mut is_private = true;
        for &used in uses {
            let Type::Named { name: alias, .. } = self.code.types[used.at()] else {
                continue;
            };
            let mut all = self.code.types.iter().enumerate();
            let is_other = |(index, of): (usize, &Type)| {
                matches!(of, Type::Named { name, .. } if *name == alias)
                    && !uses.contains(&TypeIdx(index as u32))
            };
            if all.any(is_other) {
                return None;
            }
            let declared = self.code.type_declarations.iter();
            is_private &= declared
                .filter(|declared| declared.name == alias)
                .all(|declared| {
                    let file = self.file_of(declared.function);
                    !declared.is_exported || !self.modules[file.0 as usize].is_entry
                });
        }
        Some(is_private)
    }

    /// `Map<K, V>` with a parameter `K` of a generic function or class: a weak one would need it to be an object's.
    fn names_type_parameter(&self, keys: Option<TypeIdx>) -> bool {
        let Some(keys) = keys else { return false };
        match &self.code.types[keys.at()] {
            Type::Named { name, .. } => {
                let name = self.text(*name);
                name.len() == 1 || matches!(name, "Key" | "TKey" | "KeyType")
            }
            _ => false,
        }
    }

    /// Notes what an operation does with the collection; none where a weak one cannot take its place.
    fn use_of(&self, op: OpIdx, operand: OpIdx, uses: &mut Uses) -> Option<()> {
        match self.code.kind(op) {
            OpKind::Assign { .. }
            | OpKind::Either { .. }
            | OpKind::Unary {
                op: UnaryOp::Not, ..
            }
            | OpKind::Binary {
                op: BinaryOp::Equal | BinaryOp::NotEqual | BinaryOp::IsNull,
                ..
            } => Some(()),
            OpKind::Store { value, .. } => (*value == operand).then_some(()),
            OpKind::Return(_) => {
                uses.returned_by.push(self.function_of(op));
                Some(())
            }
            OpKind::Cast { to, .. } => {
                uses.types.push((*to, self.place(op), true));
                Some(())
            }
            OpKind::Member { object, name }
                if *object == operand && KEYED.contains(&self.text(*name)) =>
            {
                let call = self.called_at(op)?;
                let OpKind::Call { args, .. } = self.code.kind(call) else {
                    return None;
                };
                if matches!(self.text(*name), "set" | "add") {
                    let &key = args.first()?;
                    if matches!(self.code.kind(key), OpKind::Spread(_)) {
                        return None;
                    }
                    uses.keys.push(key);
                }
                Some(())
            }
            OpKind::Call {
                callee, kind, args, ..
            } => {
                let callees = self.flow.of_op(*callee);
                let is_seen = *kind != CallKind::Deferred
                    && *callee != operand
                    && args.contains(&operand)
                    && !callees.is_empty()
                    && callees.iter().all(|&callee| {
                        matches!(
                            self.flow.sites[callee.0 as usize].kind,
                            SiteKind::Function(_) | SiteKind::Class(_)
                        )
                    });
                is_seen.then_some(())
            }
            _ => None,
        }
    }

    /// Notes the annotation of a field that holds the collection; none where what declares the field is not seen.
    fn field_type(
        &self,
        owner: SiteIdx,
        field: Name,
        is_only: bool,
        uses: &mut Uses,
    ) -> Option<()> {
        let class = match self.flow.sites[owner.0 as usize].kind {
            SiteKind::Instance(of) => self.flow.sites[of.0 as usize].kind,
            kind => kind,
        };
        match class {
            SiteKind::Class(class) => {
                let class = &self.code.classes[class.at()];
                let annotation = class.annotations.iter().find(|(name, _)| *name == field);
                if let Some(&(_, annotation)) = annotation {
                    let code = class.fields.or(class.constructor);
                    let code = code.or(class.methods.first().map(|method| method.function));
                    let place = Place {
                        file: self.file_of(code?),
                        span: class.span,
                    };
                    uses.types.push((annotation, place, is_only));
                }
                Some(())
            }
            SiteKind::Object => (!self.is_annotated(owner)).then_some(()),
            SiteKind::Function(_)
            | SiteKind::Exports
            | SiteKind::ModuleObject
            | SiteKind::Namespace(_) => Some(()),
            _ => None,
        }
    }

    /// Whether a type says what an object has.
    fn is_annotated(&self, owner: SiteIdx) -> bool {
        (0..self.code.bindings.len())
            .map(|binding| BindingIdx(binding as u32))
            .any(|binding| {
                self.code.bindings[binding.at()].annotation.is_some()
                    && self.flow.of_binding(binding).contains(&owner)
            })
    }
}

/// Where a collection may be.
#[derive(Default)]
pub(super) struct Held {
    /// Operations, each with the operand.
    operands: Vec<(OpIdx, OpIdx)>,
    bindings: Vec<BindingIdx>,
    /// Fields of sites, and whether nothing else may be there.
    fields: Vec<(SiteIdx, Name, bool)>,
}

/// Where each collection may be that a weak one could replace: one pass over the program serves them all.
fn held(program: &Program) -> FxHashMap<SiteIdx, Held> {
    let mut found: FxHashMap<SiteIdx, Held> = program
        .collections()
        .iter()
        .filter(|collection| matches!(collection.shape, Shape::Map | Shape::Set))
        .map(|collection| (collection.site, Held::default()))
        .collect();
    for (position, op) in program.code.ops.iter().enumerate() {
        let here = OpIdx(position as u32);
        op.kind.operands(&mut |operand| {
            for site in program.flow.of_op(operand) {
                if let Some(held) = found.get_mut(site) {
                    held.operands.push((here, operand));
                }
            }
        });
    }
    for binding in 0..program.code.bindings.len() {
        let binding = BindingIdx(binding as u32);
        for site in program.flow.of_binding(binding) {
            if let Some(held) = found.get_mut(site) {
                held.bindings.push(binding);
            }
        }
    }
    for owner in 0..program.flow.sites.len() {
        let owner = SiteIdx(owner as u32);
        for (field, sites) in program.flow.fields(owner) {
            for site in sites {
                if let Some(held) = found.get_mut(site) {
                    held.fields.push((owner, field, sites.len() == 1));
                }
            }
        }
    }
    found
}

/// What is done with a collection.
#[derive(Default)]
struct Uses {
    /// Keys and elements.
    keys: Vec<OpIdx>,
    /// Types of what holds it, with a place in the same file, and whether nothing else is held there.
    types: Vec<(TypeIdx, Place, bool)>,
    /// Functions that return it.
    returned_by: Vec<FunctionIdx>,
}
