//! Which operations an operation takes its values from.
//!
//! Must not know what is done with them.

use super::{OpIdx, OpKind};

impl OpKind {
    /// Calls `each` with every operation whose result this one uses.
    pub fn operands(&self, each: &mut dyn FnMut(OpIdx)) {
        match self {
            Self::Unknown
            | Self::Str(_)
            | Self::Num(_)
            | Self::Bool(_)
            | Self::Nullish
            | Self::Regex { .. }
            | Self::Read(_)
            | Self::Target(_)
            | Self::Global(_)
            | Self::This
            | Self::ThisClass(_)
            | Self::SuperMember { .. }
            | Self::Object { .. }
            | Self::Function(_)
            | Self::Class(_)
            | Self::Throw
            | Self::Require(_) => {}
            Self::Member { object, .. }
            | Self::Delete { object, .. }
            | Self::Accessor { object, .. } => each(*object),
            Self::Index { object, key } | Self::DeleteIndex { object, key } => {
                each(*object);
                each(*key);
            }
            Self::Array { elements: parts } | Self::Template(parts) => {
                parts.iter().copied().for_each(each);
            }
            Self::Call { callee, args, .. } => {
                each(*callee);
                args.iter().copied().for_each(each);
            }
            Self::Spread(value)
            | Self::Await(value)
            | Self::Return(value)
            | Self::Unary { operand: value, .. }
            | Self::Cast { value, .. }
            | Self::Iterate { over: value, .. }
            | Self::Assign { value, .. }
            | Self::AssignGlobal { value, .. } => each(*value),
            Self::Binary { left, right, .. } | Self::Either { left, right, .. } => {
                each(*left);
                each(*right);
            }
            Self::Store { object, value, .. } => {
                each(*object);
                each(*value);
            }
            Self::StoreIndex {
                object, key, value, ..
            } => {
                each(*object);
                each(*key);
                each(*value);
            }
        }
    }
}
