//! Type annotations, as far as they tell what a key may be, with all names in them.

use swc_ecma_ast::{
    Ident, TsEntityName, TsKeywordTypeKind, TsLit, TsType, TsTypeOperatorOp,
    TsTypeParamInstantiation, TsUnionOrIntersectionType,
};

use super::lower::Lowerer;
use crate::source::Span;
use crate::summary::{DeclaredType, Type, TypeDeclaration, TypeIdx};

impl Lowerer {
    pub(super) fn annotation(&mut self, annotation: &TsType) -> TypeIdx {
        self.parts_of_type(annotation);
        let lowered = match annotation {
            TsType::TsKeywordType(keyword) => match keyword.kind {
                TsKeywordTypeKind::TsNumberKeyword | TsKeywordTypeKind::TsBigIntKeyword => {
                    Type::Number
                }
                TsKeywordTypeKind::TsObjectKeyword => Type::Object,
                TsKeywordTypeKind::TsBooleanKeyword => Type::Boolean,
                TsKeywordTypeKind::TsStringKeyword => Type::String,
                TsKeywordTypeKind::TsSymbolKeyword => Type::Symbol,
                TsKeywordTypeKind::TsVoidKeyword
                | TsKeywordTypeKind::TsUndefinedKeyword
                | TsKeywordTypeKind::TsNullKeyword
                | TsKeywordTypeKind::TsNeverKeyword => Type::Nullish,
                TsKeywordTypeKind::TsAnyKeyword
                | TsKeywordTypeKind::TsUnknownKeyword
                | TsKeywordTypeKind::TsIntrinsicKeyword => Type::Unknown,
            },
            TsType::TsFnOrConstructorType(_)
            | TsType::TsTypeLit(_)
            | TsType::TsArrayType(_)
            | TsType::TsTupleType(_)
            | TsType::TsThisType(_) => Type::Object,
            TsType::TsTypeRef(reference) => {
                if let TsEntityName::TsQualifiedName(qualified) = &reference.type_name {
                    self.use_type(&qualified.right.sym);
                }
                let ident = leftmost(&reference.type_name);
                let name = self.name(&ident.sym);
                let span = Self::span(ident.span);
                let args = self.type_args(reference.type_params.as_deref());
                Type::Named { name, span, args }
            }
            TsType::TsUnionOrIntersectionType(TsUnionOrIntersectionType::TsUnionType(union)) => {
                let parts = union
                    .types
                    .iter()
                    .map(|part| self.annotation(part))
                    .collect();
                Type::Union(parts)
            }
            TsType::TsUnionOrIntersectionType(TsUnionOrIntersectionType::TsIntersectionType(
                intersection,
            )) => {
                // `string & {}` is a string: the first part says what it is made of.
                let mut parts = intersection.types.iter();
                let first = parts.next().map(|part| self.annotation(part));
                for part in parts {
                    self.annotation(part);
                }
                return first.unwrap_or_else(|| self.new_type(Type::Unknown));
            }
            TsType::TsParenthesizedType(inner) => return self.annotation(&inner.type_ann),
            TsType::TsOptionalType(inner) => return self.annotation(&inner.type_ann),
            TsType::TsTypeOperator(operator) => match operator.op {
                TsTypeOperatorOp::KeyOf => Type::KeyOf,
                TsTypeOperatorOp::Unique => Type::Symbol,
                TsTypeOperatorOp::ReadOnly => return self.annotation(&operator.type_ann),
            },
            TsType::TsLitType(literal) => match literal.lit {
                TsLit::Tpl(_) => Type::String,
                _ => Type::Literal,
            },
            TsType::TsTypePredicate(_) => Type::Boolean,
            _ => Type::Unknown,
        };
        self.new_type(lowered)
    }

    pub(super) fn type_args(&mut self, args: Option<&TsTypeParamInstantiation>) -> Box<[TypeIdx]> {
        args.map_or_else(Box::default, |args| {
            args.params.iter().map(|arg| self.annotation(arg)).collect()
        })
    }

    pub(super) fn new_type(&mut self, lowered: Type) -> TypeIdx {
        let index = TypeIdx(self.out.types.len() as u32);
        self.out.types.push(lowered);
        index
    }

    pub(super) fn declare_type(&mut self, name: &str, of: DeclaredType) {
        let name = self.name(name);
        self.out.type_declarations.push(TypeDeclaration {
            name,
            of,
            function: self.function,
            is_exported: false,
        });
    }

    /// Notes that something else than an annotation names a type.
    pub(super) fn use_type(&mut self, name: &str) {
        let name = self.name(name);
        let used = Type::Named {
            name,
            span: Span::default(),
            args: Box::default(),
        };
        self.new_type(used);
    }

    /// Notes that importers may use a type of this name, if there is one.
    pub(super) fn export_type(&mut self, name: &str) {
        let name = self.name(name);
        for declared in &mut self.out.type_declarations {
            declared.is_exported |= declared.name == name;
        }
    }
}

fn leftmost(name: &TsEntityName) -> &Ident {
    match name {
        TsEntityName::Ident(ident) => ident,
        TsEntityName::TsQualifiedName(qualified) => leftmost(&qualified.left),
    }
}
