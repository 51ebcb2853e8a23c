//! Types as far as annotations name them, and what a module calls them.

use serde::{Deserialize, Serialize};

use super::{FunctionIdx, Name, TypeIdx};
use crate::source::Span;

/// A type annotation, as far as it tells what a key may be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Type {
    /// `any`, `unknown` and what is not modelled.
    Unknown,
    /// `string`, template types.
    String,
    /// `number`, `bigint`.
    Number,
    /// `boolean`.
    Boolean,
    /// `symbol`.
    Symbol,
    /// `object`, a type literal, an array, a tuple, a function.
    Object,
    /// `null`, `undefined`, `void`, `never`.
    Nullish,
    /// A literal.
    Literal,
    /// `keyof …`.
    KeyOf,
    /// A union.
    Union(Box<[TypeIdx]>),
    /// A name, with its type arguments.
    Named {
        /// The first part of the name.
        name: Name,
        /// Where that is written.
        span: Span,
        /// The arguments.
        args: Box<[TypeIdx]>,
    },
}

/// A declared type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TypeDeclaration {
    /// Its name.
    pub name: Name,
    /// What it stands for.
    pub of: DeclaredType,
    /// The function whose code declares it.
    pub function: FunctionIdx,
    /// Whether its module exports it.
    pub is_exported: bool,
}

/// What a declared type stands for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum DeclaredType {
    /// `type name = …`.
    Alias(TypeIdx),
    /// `type name<T> = …`.
    Generic(TypeIdx),
    /// An interface.
    Interface,
    /// An enum.
    Enum,
}
