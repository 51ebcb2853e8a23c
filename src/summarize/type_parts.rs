//! What stands inside of types that tell nothing of keys: lowered too, so that each name of a type is known.

use swc_ecma_ast::{
    Pat, TsConstructorType, TsFnOrConstructorType, TsFnParam, TsFnType, TsInterfaceDecl, TsType,
    TsTypeAnn, TsTypeElement, TsTypeParamDecl,
};

use super::lower::Lowerer;
impl Lowerer {
    /// Lowers the parts of a type whose own lowering leaves them out.
    pub(super) fn parts_of_type(&mut self, of: &TsType) {
        match of {
            TsType::TsFnOrConstructorType(
                TsFnOrConstructorType::TsFnType(TsFnType {
                    params, type_ann, ..
                })
                | TsFnOrConstructorType::TsConstructorType(TsConstructorType {
                    params,
                    type_ann,
                    ..
                }),
            ) => self.signature(params, Some(type_ann)),
            TsType::TsTypeLit(literal) => self.type_members(&literal.members),
            TsType::TsArrayType(array) => self.type_part(&array.elem_type),
            TsType::TsTupleType(tuple) => {
                for element in &tuple.elem_types {
                    self.type_part(&element.ty);
                }
            }
            TsType::TsRestType(rest) => self.type_part(&rest.type_ann),
            TsType::TsTypeOperator(operator) => self.type_part(&operator.type_ann),
            TsType::TsConditionalType(choice) => {
                self.type_part(&choice.check_type);
                self.type_part(&choice.extends_type);
                self.type_part(&choice.true_type);
                self.type_part(&choice.false_type);
            }
            TsType::TsIndexedAccessType(access) => {
                self.type_part(&access.obj_type);
                self.type_part(&access.index_type);
            }
            TsType::TsMappedType(mapped) => {
                let constraint = mapped.type_param.constraint.as_deref();
                let parts = [
                    constraint,
                    mapped.name_type.as_deref(),
                    mapped.type_ann.as_deref(),
                ];
                for part in parts.into_iter().flatten() {
                    self.type_part(part);
                }
            }
            TsType::TsTypePredicate(predicate) => {
                self.type_annotation(predicate.type_ann.as_deref());
            }
            TsType::TsImportType(import) => {
                self.type_args(import.type_args.as_deref());
            }
            _ => {}
        }
    }

    /// Lowers what stands in an interface.
    pub(super) fn parts_of_interface(&mut self, interface: &TsInterfaceDecl) {
        for base in &interface.extends {
            self.type_args(base.type_args.as_deref());
            if let Some(ident) = base.expr.as_ident() {
                self.use_type(&ident.sym);
            }
        }
        self.parts_of_params(interface.type_params.as_deref());
        self.type_members(&interface.body.body);
    }

    /// Lowers what the parameters of a generic declaration must be.
    pub(super) fn parts_of_params(&mut self, params: Option<&TsTypeParamDecl>) {
        for param in params.into_iter().flat_map(|params| &params.params) {
            for part in [&param.constraint, &param.default].into_iter().flatten() {
                self.type_part(part);
            }
        }
    }

    fn type_members(&mut self, members: &[TsTypeElement]) {
        for member in members {
            match member {
                TsTypeElement::TsCallSignatureDecl(call) => {
                    self.signature(&call.params, call.type_ann.as_deref());
                }
                TsTypeElement::TsConstructSignatureDecl(new) => {
                    self.signature(&new.params, new.type_ann.as_deref());
                }
                TsTypeElement::TsMethodSignature(method) => {
                    self.signature(&method.params, method.type_ann.as_deref());
                }
                TsTypeElement::TsIndexSignature(index) => {
                    self.signature(&index.params, index.type_ann.as_deref());
                }
                TsTypeElement::TsPropertySignature(property) => {
                    self.type_annotation(property.type_ann.as_deref());
                }
                TsTypeElement::TsGetterSignature(getter) => {
                    self.type_annotation(getter.type_ann.as_deref());
                }
                TsTypeElement::TsSetterSignature(setter) => {
                    self.signature(std::slice::from_ref(&setter.param), None);
                }
            }
        }
    }

    fn signature(&mut self, params: &[TsFnParam], returns: Option<&TsTypeAnn>) {
        for param in params {
            let annotation = match param {
                TsFnParam::Ident(ident) => &ident.type_ann,
                TsFnParam::Array(array) => &array.type_ann,
                TsFnParam::Object(object) => &object.type_ann,
                TsFnParam::Rest(rest) => match &*rest.arg {
                    Pat::Ident(ident) if rest.type_ann.is_none() => &ident.type_ann,
                    _ => &rest.type_ann,
                },
            };
            self.type_annotation(annotation.as_deref());
        }
        self.type_annotation(returns);
    }

    fn type_annotation(&mut self, annotation: Option<&TsTypeAnn>) {
        if let Some(annotation) = annotation {
            self.type_part(&annotation.type_ann);
        }
    }

    fn type_part(&mut self, part: &TsType) {
        self.annotation(part);
    }
}
