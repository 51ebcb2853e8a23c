//! What an annotation says of keys.

use super::{Key, KeyType, Program};
use crate::summary::{DeclaredType, Name, Type, TypeIdx};

/// What keys of a type can be.
pub(super) fn type_key(program: &Program, index: TypeIdx, depth: u32) -> Option<Key> {
    if depth > 6 {
        return None;
    }
    match &program.code.types[index.at()] {
        Type::String => Some(Key::open(KeyType::String)),
        Type::Number => Some(Key::open(KeyType::Number)),
        Type::Boolean | Type::Literal | Type::Nullish => {
            Some(Key::bounded("its type", KeyType::Unknown))
        }
        Type::KeyOf => Some(Key::bounded("its type", KeyType::String)),
        Type::Object => Some(Key::open(KeyType::Object)),
        Type::Union(parts) => {
            let mut joined: Option<Key> = None;
            for &part in parts {
                if matches!(program.code.types[part.at()], Type::Nullish) {
                    continue;
                }
                let key = type_key(program, part, depth + 1)?;
                joined = Some(joined.map_or(key, |before| before.join(key)));
            }
            joined
        }
        Type::Named { name, .. } => named_type_key(program, *name, depth),
        Type::Symbol | Type::Unknown => None,
    }
}

fn named_type_key(program: &Program, name: Name, depth: u32) -> Option<Key> {
    for declaration in &program.code.type_declarations {
        if declaration.name == name {
            return match declaration.of {
                DeclaredType::Alias(of) | DeclaredType::Generic(of) => {
                    type_key(program, of, depth + 1)
                }
                DeclaredType::Interface => Some(Key::open(KeyType::Object)),
                DeclaredType::Enum => Some(Key::bounded("an enum", KeyType::Unknown)),
            };
        }
    }
    let text = program.text(name);
    if program
        .code
        .classes
        .iter()
        .any(|class| class.name == Some(name))
    {
        return Some(Key::open(KeyType::Object));
    }
    is_object_name(text).then_some(Key::open(KeyType::Object))
}

/// Whether a type of this name, which the program does not declare, is one of objects.
pub(in crate::program) fn is_object_name(name: &str) -> bool {
    matches!(
        name,
        "Date"
            | "Error"
            | "Function"
            | "Map"
            | "Set"
            | "Array"
            | "Promise"
            | "RegExp"
            | "URL"
            | "Buffer"
            | "Uint8Array"
            | "Request"
            | "Response"
            | "Element"
            | "HTMLElement"
            | "Node"
            | "Document"
            | "Window"
            | "EventTarget"
            | "IncomingMessage"
            | "ServerResponse"
            | "Socket"
            | "WebSocket"
    )
}
