//! What it takes to make a `Map` or `Set` weak: every use must be one that a `WeakMap` or `WeakSet` has too.
//!
//! Finds the names to change. Must not know rules or how a fix is shown.

use rustc_hash::FxHashMap;

use super::{Collection, Escape, Program, Shape, SiteIdx, SiteKind};
use crate::source::Place;
use crate::summary::{
    BinaryOp, BindingIdx, CallKind, FunctionIdx, Name, OpIdx, OpKind, Type, TypeIdx, UnaryOp,
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
        for (annotation, place, is_only) in uses.types {
            let span = self.named(annotation, name)?;
            let renamed = Place { span, ..place };
            if !is_only {
                return None;
            }
            names.push(renamed);
        }
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
            is_safe: is_seen && are_objects && !self.names_type_parameter(collection.key_type),
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

    /// The place of a type's name, if that is `name`; what the type is called otherwise, or a type that only reads, stays.
    fn named(&self, annotation: TypeIdx, name: &str) -> Option<crate::source::Span> {
        match &self.code.types[annotation.at()] {
            Type::Named {
                name: written,
                span,
                ..
            } if self.text(*written) == name => Some(*span),
            // `Map<K, V> | null`
            Type::Union(parts) => {
                let mut named = parts
                    .iter()
                    .filter(|part| !matches!(self.code.types[part.at()], Type::Nullish));
                let only = named.next()?;
                if named.next().is_some() {
                    return None;
                }
                self.named(*only, name)
            }
            _ => None,
        }
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
                op: BinaryOp::Equal | BinaryOp::NotEqual,
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
