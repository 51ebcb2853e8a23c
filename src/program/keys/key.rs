//! What is known of a key: of how many there can be, and what it is.

use crate::finding::KeyType;

/// How many different keys there can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Domain {
    /// A number that the program's text fixes, with the reason.
    Bounded(&'static str),
    /// As many as callers bring that we do not see; those that we see bring a fixed number.
    Hinted,
    /// As many as callers bring.
    Open,
    /// Another object on each call, with what makes it: it can never repeat, but its text does.
    FreshObject(&'static str),
    /// Another value on each call, with what makes it: neither it nor its text can repeat.
    Fresh(&'static str),
}

/// What is known of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// How many there can be.
    pub domain: Domain,
    /// What they are.
    pub of: KeyType,
}

impl Key {
    pub(super) const fn bounded(reason: &'static str, of: KeyType) -> Self {
        Self {
            domain: Domain::Bounded(reason),
            of,
        }
    }

    pub(super) const fn open(of: KeyType) -> Self {
        Self {
            domain: Domain::Open,
            of,
        }
    }

    pub(super) const fn fresh_object(reason: &'static str) -> Self {
        Self {
            domain: Domain::FreshObject(reason),
            of: KeyType::Object,
        }
    }

    pub(super) const fn fresh(reason: &'static str, of: KeyType) -> Self {
        Self {
            domain: Domain::Fresh(reason),
            of,
        }
    }

    /// Joins what two callers pass: what one of them proves of the type holds for a parameter as long as none denies it.
    pub(super) fn join_callers(self, other: Self) -> Self {
        let ((KeyType::Unknown, of) | (of, KeyType::Unknown)) = (self.of, other.of) else {
            return self.join(other);
        };
        Self {
            of,
            ..self.join(other)
        }
    }

    pub(super) fn join(self, other: Self) -> Self {
        Self {
            domain: self.domain.max(other.domain),
            of: if self.of == other.of {
                self.of
            } else {
                KeyType::Unknown
            },
        }
    }
}
