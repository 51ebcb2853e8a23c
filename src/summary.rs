//! The facts of one module: plain data that a later stage can read without the source.
//!
//! A module is lowered to a list of operations in the order in which they would run, each in a region of control flow,
//! with functions, bindings and classes beside it. There is no syntax tree, no lifetime and no interner handle in here.
//! Must not know swc, other modules or rules.

mod operands;
mod types;

use serde::{Deserialize, Serialize};

use crate::source::Span;
pub use types::{DeclaredType, Type, TypeDeclaration};

macro_rules! index {
    ($(#[$doc:meta] $name:ident)*) => { $(
        #[$doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub u32);

        impl $name {
            /// As an index into the vector of its kind.
            pub fn at(self) -> usize {
                self.0 as usize
            }
        }
    )* };
}

index! {
    /// Index into [`ModuleSummary::names`].
    Name
    /// Index into [`ModuleSummary::ops`].
    OpIdx
    /// Index into [`ModuleSummary::bindings`].
    BindingIdx
    /// Index into [`ModuleSummary::functions`].
    FunctionIdx
    /// Index into [`ModuleSummary::classes`].
    ClassIdx
    /// Index into [`ModuleSummary::regions`].
    RegionIdx
    /// Index into [`ModuleSummary::requests`].
    RequestIdx
    /// Index into [`ModuleSummary::types`].
    TypeIdx
}

/// The facts of one module.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct ModuleSummary {
    /// Identifiers, property names and string literals, each once.
    pub names: Vec<Box<str>>,
    /// Functions in source order; the first is the module's own code.
    pub functions: Vec<Function>,
    /// Bindings in the order of their declaration.
    pub bindings: Vec<Binding>,
    /// Classes in source order.
    pub classes: Vec<Class>,
    /// Regions; a region follows its parent.
    pub regions: Vec<Region>,
    /// Operations in the order in which they would run within their function.
    pub ops: Vec<Op>,
    /// Type annotations.
    pub types: Vec<Type>,
    /// Aliases, interfaces and enums by name.
    pub type_declarations: Vec<TypeDeclaration>,
    /// Modules named by this one, each once per kind.
    pub requests: Vec<Request>,
    /// Statements, sorted by where they begin, outer ones first.
    pub statements: Vec<Statement>,
    /// Members that are read and calls that are made with `?.`, sorted.
    pub optional: Vec<OpIdx>,
    /// The first type arguments of calls that have some, sorted by the call.
    pub type_args: Vec<(OpIdx, TypeIdx)>,
    /// The decorators of methods' parameters, by their names, sorted by the parameter.
    pub decorated: Vec<(BindingIdx, Name)>,
    /// ECMAScript exports; CommonJS ones are stores to `exports` and `module`.
    pub exports: Vec<Export>,
    /// Comments that speak to the linter, in source order.
    pub comments: Vec<Comment>,
    /// Whether it has `import` or `export` declarations.
    pub is_esm: bool,
    /// Whether its text is minified.
    pub is_minified: bool,
    /// Whether it declares tests for one of the known runners.
    pub is_test: bool,
    /// Whether a tool has shortened its names.
    pub has_short_names: bool,
    /// What its text says it is for.
    pub purpose: Option<Purpose>,
}

/// What a module is for that runs once and is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// A change to a database and what takes it back.
    Migration,
    /// It does its work where a process is started with it, and waits for nothing.
    Script,
}

/// A comment that begins with `leaklint-`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// The whole comment, with what opens and closes it.
    pub span: Span,
    /// What is written in it.
    pub text: Box<str>,
    /// Where that begins, as an offset into the file.
    pub start: u32,
}

/// A module named by another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Request {
    /// As written.
    pub specifier: Box<str>,
    /// `require(…)`, not `import`.
    pub is_require: bool,
}

/// What a module exports under a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Export {
    /// `export { binding as name }` and `export const name = …`.
    Binding {
        /// The exported name.
        name: Name,
        /// What is exported.
        binding: BindingIdx,
    },
    /// `export default …` and `export = …` of an expression.
    Value {
        /// The exported name; none for `export =`.
        name: Option<Name>,
        /// What is exported.
        value: OpIdx,
    },
    /// `export { imported as name } from "…"`; `export * as name from "…"` has no `imported`.
    From {
        /// The exported name.
        name: Name,
        /// The other module.
        request: RequestIdx,
        /// Its export.
        imported: Option<Name>,
    },
    /// `export * from "…"`.
    All {
        /// The other module.
        request: RequestIdx,
    },
}

/// How a function came to be, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FunctionKind {
    /// The module's own code.
    Module,
    /// A declaration or expression with its own `this`.
    Plain,
    /// An arrow function.
    Arrow,
    /// A method, getter or setter of an object literal or class.
    Method,
    /// A class's constructor.
    Constructor,
    /// The initialisers of a class's instance fields.
    Fields,
}

/// A function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Function {
    /// The function whose code contains this one; none for the module.
    pub parent: Option<FunctionIdx>,
    /// Its name, or the name of the binding or property that it initialises.
    pub name: Option<Name>,
    /// The whole function.
    pub span: Span,
    /// What it is.
    pub kind: FunctionKind,
    /// One binding for each parameter; a pattern has an unnamed one.
    pub params: Vec<BindingIdx>,
    /// Whether the last parameter is a rest parameter.
    pub has_rest: bool,
    /// The function whose `this` it sees: itself, but for arrow functions.
    pub this_of: FunctionIdx,
    /// The class whose instances (or, if static, which itself) are `this`.
    pub class: Option<ClassIdx>,
    /// A static member of `class`.
    pub is_static: bool,
    /// Whether it is `async` or a generator.
    pub is_async: bool,
    /// The annotation of what it returns.
    pub returns: Option<TypeIdx>,
    /// The region of its body.
    pub body: RegionIdx,
}

/// What declared a binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BindingKind {
    /// `var`.
    Var,
    /// `let`.
    Let,
    /// `const`, `using`.
    Const,
    /// A parameter, by position.
    Param(u32),
    /// A function's name.
    Function,
    /// A class's name.
    Class,
    /// `import name from`; no `imported` is `import * as name`.
    Import {
        /// The other module.
        request: RequestIdx,
        /// Its export.
        imported: Option<Name>,
    },
    /// A `catch` parameter.
    Catch,
    /// A TypeScript `enum`.
    Enum,
    /// A TypeScript `namespace`.
    Namespace,
    /// `arguments`.
    Arguments,
}

/// A binding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Binding {
    /// Its name; empty for a parameter that is a pattern.
    pub name: Name,
    /// The name in its declaration.
    pub span: Span,
    /// What declared it.
    pub kind: BindingKind,
    /// The function to whose activation it belongs.
    pub function: FunctionIdx,
    /// The annotation.
    pub annotation: Option<TypeIdx>,
    /// Declared inside a loop: one binding per turn.
    pub in_loop: bool,
}

/// A class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Class {
    /// Its name, or the name of the binding that it initialises.
    pub name: Option<Name>,
    /// The whole class.
    pub span: Span,
    /// Its decorators.
    pub decorators: Vec<OpIdx>,
    /// What it extends.
    pub heritage: Option<OpIdx>,
    /// Its constructor.
    pub constructor: Option<FunctionIdx>,
    /// The initialisers of its instance fields.
    pub fields: Option<FunctionIdx>,
    /// Methods and accessors with a name.
    pub methods: Vec<Method>,
    /// The annotations of fields with a name.
    pub annotations: Vec<(Name, TypeIdx)>,
}

/// A statement, for those who edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The whole statement, with its semicolon.
    pub span: Span,
    /// The region in which it begins.
    pub region: RegionIdx,
    /// The list of statements in which it stands, where others may stand before it.
    pub block: Option<Span>,
    /// What it is.
    pub kind: StatementKind,
}

/// What a statement is, as far as edits tell statements apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StatementKind {
    /// An expression.
    Expression,
    /// A declaration of so many variables, not exported.
    Variables(u32),
    /// Another.
    Other,
}

/// A method or accessor.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Method {
    /// Its name; private ones begin with `#`.
    pub name: Name,
    /// Its code.
    pub function: FunctionIdx,
    /// What it is.
    pub kind: MethodKind,
    /// Of the class itself, not of its instances.
    pub is_static: bool,
}

/// Whether a call or an access runs a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MethodKind {
    /// Called.
    Method,
    /// Run by reading the property.
    Getter,
    /// Run by writing the property.
    Setter,
}

/// A stretch of code that runs under one condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Region {
    /// The region around it; none for a function's body.
    pub parent: Option<RegionIdx>,
    /// The function to which it belongs.
    pub function: FunctionIdx,
    /// When it runs.
    pub kind: RegionKind,
}

/// When a region runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum RegionKind {
    /// With the function.
    Body,
    /// If `test` came out as `sense`: a branch, the right side of `&&` and `||`, or what follows an early exit.
    Branch {
        /// The condition.
        test: OpIdx,
        /// What it must be.
        sense: bool,
        /// What follows `if (test) return` in the same block.
        is_rest: bool,
    },
    /// A case of a `switch`.
    Case {
        /// The `switch`ed value.
        discriminant: OpIdx,
        /// The values compared with; none for `default`.
        tests: Vec<OpIdx>,
    },
    /// `for`, `while` and `do` loops.
    Loop {
        /// The condition.
        test: Option<OpIdx>,
    },
    /// `for … of` and `for … in`.
    Iteration {
        /// The [`OpKind::Iterate`].
        element: OpIdx,
    },
    /// A `try` block.
    Try,
    /// A `catch` block.
    Catch,
    /// A `finally` block.
    Finally,
}

impl RegionKind {
    /// Whether it may run many times where the code around it runs once.
    pub fn is_loop(&self) -> bool {
        matches!(self, Self::Loop { .. } | Self::Iteration { .. })
    }
}

/// How a write combines with what was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Write {
    /// A declaration's initialiser, a field's initialiser, a property of a literal.
    Init,
    /// `=`.
    Plain,
    /// `||=`, `??=`.
    IfMissing,
    /// `&&=`.
    IfPresent,
    /// `+=`, `++` and kin; the value is the result.
    Compound,
}

/// How something is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallKind {
    /// `f(…)`.
    Call,
    /// `new f(…)`.
    New,
    /// `super(…)`.
    Super,
    /// A tagged template.
    Tag,
    /// JSX, a decorator: called by a framework at a time that we do not see.
    Deferred,
}

/// Binary operators, as far as an analysis tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BinaryOp {
    /// `==`, `===`.
    Equal,
    /// `!=`, `!==`.
    NotEqual,
    /// `value === null`, which a lookup that finds nothing is not; `!==` is its negation.
    IsNull,
    /// `<`, `<=`.
    Less,
    /// `>`, `>=`.
    Greater,
    /// `+`.
    Add,
    /// `-`, `*`, `/`, `**`.
    Arithmetic,
    /// `%`.
    Modulo,
    /// `&`.
    And,
    /// `|`, `^`.
    OrXor,
    /// `<<`, `>>`, `>>>`.
    Shift,
    /// `in`.
    In,
    /// `instanceof`.
    InstanceOf,
}

/// How one of several values is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Choice {
    /// `a && b`.
    And,
    /// `a || b`, `a ?? b`.
    Or,
    /// `test ? a : b`.
    Ternary,
}

/// Unary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnaryOp {
    /// `!`.
    Not,
    /// `-`, `+`, `~`.
    Number,
    /// `typeof`.
    TypeOf,
    /// `void`.
    Void,
}

/// An operation and its result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Op {
    /// What it does.
    pub kind: OpKind,
    /// Where it is written.
    pub span: Span,
    /// When it runs.
    pub region: RegionIdx,
}

/// What an operation does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum OpKind {
    /// Something that is not modelled.
    Unknown,
    /// A string.
    Str(Name),
    /// A number.
    Num(f64),
    /// A boolean.
    Bool(bool),
    /// `null` or `undefined`.
    Nullish,
    /// A regular expression.
    Regex {
        /// Whether whatever it matches is one character.
        is_character: bool,
        /// Whether it finds where the words of a name begin.
        finds_words: bool,
    },
    /// The value of a binding.
    Read(BindingIdx),
    /// The left side of `binding = …`, which names the binding without reading it.
    Target(BindingIdx),
    /// The value of a name that the module does not declare.
    Global(Name),
    /// `this` as [`Function::this_of`] of the region's function sees it.
    This,
    /// The class in whose static member or heritage this is written.
    ThisClass(ClassIdx),
    /// `object.name`, also `object["name"]`; private names begin with `#`.
    Member {
        /// The object.
        object: OpIdx,
        /// The property.
        name: Name,
    },
    /// `super.name`.
    SuperMember {
        /// The property.
        name: Name,
    },
    /// `object[key]`.
    Index {
        /// The object.
        object: OpIdx,
        /// The property.
        key: OpIdx,
    },
    /// An object literal; its properties are stores with [`Write::Init`].
    Object {
        /// How many properties it has.
        properties: u32,
    },
    /// An array literal; an element may be a [`OpKind::Spread`].
    Array {
        /// The elements.
        elements: Box<[OpIdx]>,
    },
    /// A function expression or declaration.
    Function(FunctionIdx),
    /// A class.
    Class(ClassIdx),
    /// A call.
    Call {
        /// What is called; for a method a [`OpKind::Member`] or [`OpKind::Index`].
        callee: OpIdx,
        /// The arguments.
        args: Box<[OpIdx]>,
        /// How it is called.
        kind: CallKind,
    },
    /// `...value` in an argument list, an array or an object literal.
    Spread(OpIdx),
    /// A template string, or the parts of one.
    Template(Box<[OpIdx]>),
    /// A binary operation.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Left operand.
        left: OpIdx,
        /// Right operand.
        right: OpIdx,
    },
    /// A unary operation.
    Unary {
        /// The operator.
        op: UnaryOp,
        /// The operand.
        operand: OpIdx,
    },
    /// One of these: `a || b`, `a ?? b`, `a && b`, `t ? a : b`.
    Either {
        /// How it is chosen.
        choice: Choice,
        /// The first value.
        left: OpIdx,
        /// The second value.
        right: OpIdx,
    },
    /// `await value`.
    Await(OpIdx),
    /// `value as Type`.
    Cast {
        /// The value.
        value: OpIdx,
        /// The type.
        to: TypeIdx,
    },
    /// The next element of `over`: `for … of`, and the keys for `for … in`.
    Iterate {
        /// What is iterated.
        over: OpIdx,
        /// `in`, not `of`.
        keys: bool,
    },
    /// A write to a binding.
    Assign {
        /// The binding.
        binding: BindingIdx,
        /// The value.
        value: OpIdx,
        /// How.
        write: Write,
    },
    /// A write to a name that the module does not declare.
    AssignGlobal {
        /// The name.
        name: Name,
        /// The value.
        value: OpIdx,
    },
    /// `object.name = value`.
    Store {
        /// The object.
        object: OpIdx,
        /// The property.
        name: Name,
        /// The value.
        value: OpIdx,
        /// How.
        write: Write,
    },
    /// `object[key] = value`.
    StoreIndex {
        /// The object.
        object: OpIdx,
        /// The property.
        key: OpIdx,
        /// The value.
        value: OpIdx,
        /// How.
        write: Write,
    },
    /// The getter or setter of an object literal.
    Accessor {
        /// The object.
        object: OpIdx,
        /// The property.
        name: Name,
        /// Its code.
        function: FunctionIdx,
        /// Getter or setter.
        kind: MethodKind,
    },
    /// `delete object.name`.
    Delete {
        /// The object.
        object: OpIdx,
        /// The property.
        name: Name,
    },
    /// `delete object[key]`.
    DeleteIndex {
        /// The object.
        object: OpIdx,
        /// The property.
        key: OpIdx,
    },
    /// `return value`, and the value of an arrow function; `yield`.
    Return(OpIdx),
    /// `throw`.
    Throw,
    /// `require("…")`, `import("…")`, `import x = require("…")`.
    Require(RequestIdx),
}

impl ModuleSummary {
    /// The text of a name.
    pub fn name(&self, name: Name) -> &str {
        &self.names[name.at()]
    }

    /// What an operation does.
    pub fn kind(&self, op: OpIdx) -> &OpKind {
        &self.ops[op.at()].kind
    }
}
