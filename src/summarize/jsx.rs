//! JSX: an element is a call of its component that a framework makes when it likes.

use swc_common::Spanned;
use swc_ecma_ast::{
    JSXAttrOrSpread, JSXAttrValue, JSXElement, JSXElementChild, JSXElementName, JSXExpr,
    JSXFragment, JSXObject,
};

use super::lower::Lowerer;
use crate::summary::{CallKind, OpIdx, OpKind};

impl Lowerer {
    pub(super) fn jsx(&mut self, element: &JSXElement) -> OpIdx {
        let callee = self.jsx_name(&element.opening.name);
        let mut args = Vec::new();
        for attribute in &element.opening.attrs {
            match attribute {
                JSXAttrOrSpread::SpreadElement(spread) => args.push(self.expr(&spread.expr)),
                JSXAttrOrSpread::JSXAttr(attribute) => match &attribute.value {
                    Some(JSXAttrValue::JSXExprContainer(container)) => {
                        if let JSXExpr::Expr(expr) = &container.expr {
                            args.push(self.expr(expr));
                        }
                    }
                    Some(JSXAttrValue::JSXElement(element)) => args.push(self.jsx(element)),
                    Some(JSXAttrValue::JSXFragment(fragment)) => {
                        args.extend(self.jsx_children(&fragment.children));
                    }
                    Some(JSXAttrValue::Str(_)) | None => {}
                },
            }
        }
        args.extend(self.jsx_children(&element.children));
        self.finish_call(callee, args, CallKind::Deferred, element.span)
    }

    pub(super) fn jsx_fragment(&mut self, fragment: &JSXFragment) -> OpIdx {
        let args = self.jsx_children(&fragment.children);
        let callee = self.op(OpKind::Unknown, fragment.span);
        self.finish_call(callee, args, CallKind::Deferred, fragment.span)
    }

    /// The component; unknown for an element of the page.
    fn jsx_name(&mut self, name: &JSXElementName) -> OpIdx {
        match name {
            JSXElementName::Ident(ident)
                if ident
                    .sym
                    .starts_with(|first: char| first.is_ascii_uppercase()) =>
            {
                self.read(&ident.sym, ident.span)
            }
            JSXElementName::JSXMemberExpr(member) => {
                let mut object = &member.obj;
                while let JSXObject::JSXMemberExpr(inner) = object {
                    object = &inner.obj;
                }
                if let JSXObject::Ident(ident) = object {
                    let value = self.read(&ident.sym, ident.span);
                    let name = self.name(&member.prop.sym);
                    self.op(
                        OpKind::Member {
                            object: value,
                            name,
                        },
                        member.span,
                    )
                } else {
                    self.op(OpKind::Unknown, member.span)
                }
            }
            JSXElementName::Ident(_) | JSXElementName::JSXNamespacedName(_) => {
                self.op(OpKind::Unknown, name.span())
            }
        }
    }

    fn jsx_children(&mut self, children: &[JSXElementChild]) -> Vec<OpIdx> {
        let mut values = Vec::new();
        for child in children {
            match child {
                JSXElementChild::JSXExprContainer(container) => {
                    if let JSXExpr::Expr(expr) = &container.expr {
                        values.push(self.expr(expr));
                    }
                }
                JSXElementChild::JSXSpreadChild(spread) => values.push(self.expr(&spread.expr)),
                JSXElementChild::JSXElement(element) => {
                    let nothing = OpIdx(u32::MAX);
                    let value = self.deeper(element.span, nothing, |lowerer| lowerer.jsx(element));
                    if value != nothing {
                        values.push(value);
                    }
                }
                JSXElementChild::JSXFragment(fragment) => {
                    let inner = self.deeper(fragment.span, Vec::new(), |lowerer| {
                        lowerer.jsx_children(&fragment.children)
                    });
                    values.extend(inner);
                }
                JSXElementChild::JSXText(_) => {}
            }
        }
        values
    }
}
