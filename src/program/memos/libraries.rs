//! Libraries whose functions remember the results of another function, with what bounds what they remember.
//!
//! One table, read off the published packages. Must not know how a program uses them.

/// A function of a library that makes another function remember its results.
#[derive(Debug)]
pub struct Library {
    /// What is imported, without `.js`.
    pub modules: &'static [&'static str],
    /// The names it goes by there; the empty one is the module itself or its default export.
    pub exports: &'static [&'static str],
    /// How it is applied.
    pub form: Form,
    /// The arguments under which a result is kept.
    pub key: KeyFrom,
    /// How they are told apart.
    pub compared: Compared,
    /// What may be given to make the key from the arguments.
    pub resolvers: &'static [Given],
    /// What may be given to bound it: a size, an age, another cache.
    pub bounds: &'static [Given],
    /// Whether it keeps a fixed number of results where it is not told otherwise.
    pub is_bounded: bool,
    /// Whether `memoized.cache` can be replaced.
    pub has_cache: bool,
}

/// How a helper is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `memoize(function)`.
    Call,
    /// `memoize(limit)(function)`; the position of the function where all is given in one call, if that can be.
    Curried(Option<usize>),
    /// A decorator of methods that keeps results with each instance.
    PerInstance,
    /// A decorator of methods that keeps results with the class.
    PerClass,
}

/// The arguments under which a result is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFrom {
    /// One of them.
    Argument(u32),
    /// All.
    All,
}

/// How keys are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// As they are: another object is another key.
    Itself,
    /// By their text.
    Text,
    /// As they are, and objects are held weakly.
    Weak,
}

/// Where something may be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// An argument, by position.
    Argument(usize),
    /// A property of the argument at a position.
    Option(usize, &'static str),
}

const BASE: Library = Library {
    modules: &[],
    exports: &[""],
    form: Form::Call,
    key: KeyFrom::Argument(0),
    compared: Compared::Itself,
    resolvers: &[],
    bounds: &[],
    is_bounded: false,
    has_cache: false,
};

use Given::{Argument, Option as Property};

static LIBRARIES: &[Library] = &[
    Library {
        modules: &["lodash", "lodash-es", "es-toolkit/compat"],
        exports: &["memoize"],
        resolvers: &[Argument(1)],
        has_cache: true,
        ..BASE
    },
    Library {
        modules: &[
            "lodash/memoize",
            "lodash.memoize",
            "lodash-es/memoize",
            "es-toolkit/compat/memoize",
        ],
        resolvers: &[Argument(1)],
        has_cache: true,
        ..BASE
    },
    Library {
        modules: &["lodash/fp"],
        exports: &["memoize"],
        has_cache: true,
        ..BASE
    },
    Library {
        modules: &["lodash/fp/memoize"],
        has_cache: true,
        ..BASE
    },
    Library {
        modules: &["underscore"],
        exports: &["memoize"],
        compared: Compared::Text,
        resolvers: &[Argument(1)],
        has_cache: true,
        ..BASE
    },
    Library {
        modules: &["underscore/modules/memoize", "underscore/cjs/memoize"],
        compared: Compared::Text,
        resolvers: &[Argument(1)],
        has_cache: true,
        ..BASE
    },
    Library {
        modules: &["ramda"],
        exports: &["memoizeWith"],
        form: Form::Curried(Some(1)),
        compared: Compared::Text,
        resolvers: &[Argument(0)],
        ..BASE
    },
    // Up to version 0.25.
    Library {
        modules: &["ramda"],
        exports: &["memoize"],
        key: KeyFrom::All,
        compared: Compared::Text,
        ..BASE
    },
    Library {
        modules: &["ramda/src/memoizeWith", "ramda/es/memoizeWith"],
        form: Form::Curried(Some(1)),
        compared: Compared::Text,
        resolvers: &[Argument(0)],
        ..BASE
    },
    Library {
        modules: &["es-toolkit", "es-toolkit/function"],
        exports: &["memoize"],
        resolvers: &[Property(1, "getCacheKey")],
        bounds: &[Property(1, "cache")],
        ..BASE
    },
    Library {
        modules: &["fast-memoize", "@formatjs/fast-memoize"],
        exports: &["", "memoize"],
        key: KeyFrom::All,
        compared: Compared::Text,
        resolvers: &[Property(1, "serializer")],
        bounds: &[Property(1, "cache")],
        ..BASE
    },
    Library {
        modules: &["mem", "memoize"],
        resolvers: &[Property(1, "cacheKey")],
        bounds: &[Property(1, "maxAge"), Property(1, "cache")],
        ..BASE
    },
    Library {
        modules: &["mem"],
        exports: &["decorator"],
        form: Form::PerInstance,
        resolvers: &[Property(0, "cacheKey")],
        bounds: &[Property(0, "maxAge"), Property(0, "cache")],
        ..BASE
    },
    Library {
        modules: &["mem", "memoize"],
        exports: &["memDecorator", "memoizeDecorator"],
        form: Form::PerInstance,
        resolvers: &[Property(0, "cacheKey")],
        bounds: &[Property(0, "maxAge"), Property(0, "cache")],
        ..BASE
    },
    Library {
        modules: &["p-memoize"],
        resolvers: &[Property(1, "cacheKey")],
        // Up to version 4 it has `maxAge`.
        bounds: &[Property(1, "cache"), Property(1, "maxAge")],
        ..BASE
    },
    Library {
        modules: &["p-memoize"],
        exports: &["pMemoizeDecorator"],
        form: Form::PerInstance,
        resolvers: &[Property(0, "cacheKey")],
        bounds: &[Property(0, "cache")],
        ..BASE
    },
    // Before version 6 of moize it kept all; since then, as micro-memoize, one.
    Library {
        modules: &["moize", "micro-memoize"],
        exports: &["", "moize", "memoize"],
        key: KeyFrom::All,
        resolvers: &[Property(1, "transformArgs"), Property(1, "transformKey")],
        bounds: &[Property(1, "maxSize"), Property(1, "maxAge")],
        is_bounded: true,
        ..BASE
    },
    Library {
        modules: &["moize"],
        exports: &["infinite"],
        key: KeyFrom::All,
        resolvers: &[Property(1, "transformArgs")],
        bounds: &[Property(1, "maxAge")],
        ..BASE
    },
    Library {
        modules: &["memoizee"],
        key: KeyFrom::All,
        resolvers: &[Property(1, "normalizer")],
        bounds: &[
            Property(1, "max"),
            Property(1, "maxAge"),
            Property(1, "refCounter"),
        ],
        ..BASE
    },
    Library {
        modules: &["memoizee/weak"],
        key: KeyFrom::All,
        compared: Compared::Weak,
        bounds: &[
            Property(1, "max"),
            Property(1, "maxAge"),
            Property(1, "refCounter"),
        ],
        ..BASE
    },
    Library {
        modules: &["memoize-weak"],
        key: KeyFrom::All,
        compared: Compared::Weak,
        ..BASE
    },
    Library {
        modules: &["reselect"],
        exports: &["weakMapMemoize"],
        key: KeyFrom::All,
        compared: Compared::Weak,
        bounds: &[Property(1, "maxSize")],
        ..BASE
    },
    Library {
        modules: &["reselect"],
        exports: &["lruMemoize", "defaultMemoize"],
        key: KeyFrom::All,
        bounds: &[Property(1, "maxSize")],
        is_bounded: true,
        ..BASE
    },
    Library {
        modules: &["nano-memoize"],
        exports: &["", "nanomemoize"],
        key: KeyFrom::All,
        resolvers: &[Property(1, "serializer")],
        bounds: &[Property(1, "maxAge")],
        ..BASE
    },
    Library {
        modules: &["memoizerific"],
        form: Form::Curried(None),
        key: KeyFrom::All,
        bounds: &[Argument(0)],
        ..BASE
    },
    Library {
        modules: &["memize"],
        key: KeyFrom::All,
        bounds: &[Property(1, "maxSize")],
        ..BASE
    },
    Library {
        modules: &["just-memoize"],
        key: KeyFrom::All,
        compared: Compared::Text,
        resolvers: &[Argument(1)],
        ..BASE
    },
    Library {
        modules: &["@github/memoize"],
        key: KeyFrom::All,
        compared: Compared::Text,
        resolvers: &[Property(1, "hash")],
        bounds: &[Property(1, "cache")],
        ..BASE
    },
    Library {
        modules: &["promise-memoize"],
        key: KeyFrom::All,
        compared: Compared::Text,
        resolvers: &[Property(1, "resolve")],
        bounds: &[Property(1, "maxAge")],
        ..BASE
    },
    Library {
        modules: &["memoizejs"],
        key: KeyFrom::All,
        compared: Compared::Text,
        ..BASE
    },
    // Expired results are made anew and stay: `expiring` bounds nothing.
    Library {
        modules: &["typescript-memoize"],
        exports: &["Memoize"],
        form: Form::PerInstance,
        resolvers: &[Argument(0), Property(0, "hashFunction")],
        bounds: &[Property(0, "tags")],
        ..BASE
    },
    Library {
        modules: &["typescript-memoize"],
        exports: &["MemoizeExpiring"],
        form: Form::PerInstance,
        resolvers: &[Argument(1)],
        ..BASE
    },
    Library {
        modules: &["lodash-decorators"],
        exports: &["Memoize", "memoize"],
        form: Form::PerInstance,
        resolvers: &[Argument(0), Property(0, "resolver")],
        bounds: &[Property(0, "cache"), Property(0, "type")],
        ..BASE
    },
    Library {
        modules: &["lodash-decorators/memoize"],
        exports: &["", "Memoize", "memoize"],
        form: Form::PerInstance,
        resolvers: &[Argument(0), Property(0, "resolver")],
        bounds: &[Property(0, "cache"), Property(0, "type")],
        ..BASE
    },
    Library {
        modules: &["core-decorators"],
        exports: &["memoize"],
        form: Form::PerClass,
        key: KeyFrom::All,
        ..BASE
    },
    Library {
        modules: &["utils-decorators"],
        exports: &["memoize"],
        form: Form::PerClass,
        key: KeyFrom::All,
        compared: Compared::Text,
        resolvers: &[Property(0, "keyResolver")],
        bounds: &[
            Property(0, "expirationTimeMs"),
            Property(0, "cache"),
            Argument(0),
        ],
        ..BASE
    },
];

/// The helper that a module exports under a name.
pub(super) fn find(module: &str, export: &str) -> Option<&'static Library> {
    let module = module
        .strip_suffix(".js")
        .unwrap_or(module)
        .trim_start_matches("npm:");
    LIBRARIES
        .iter()
        .find(|library| library.modules.contains(&module) && library.exports.contains(&export))
}

/// Whether a module exports a helper, under whatever name.
pub(super) fn is_known(module: &str) -> bool {
    let module = module.strip_suffix(".js").unwrap_or(module);
    LIBRARIES
        .iter()
        .any(|library| library.modules.contains(&module))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_one_helper() {
        for (position, library) in LIBRARIES.iter().enumerate() {
            for module in library.modules {
                for export in library.exports {
                    let found = find(module, export).map(std::ptr::from_ref);
                    let expected = Some(std::ptr::from_ref(&LIBRARIES[position]));
                    assert_eq!(found, expected, "{module} {export}");
                }
            }
        }
    }

    #[test]
    fn helpers_that_keep_one_result_are_told_otherwise_by_a_bound() {
        for library in LIBRARIES {
            assert!(
                !library.is_bounded || !library.bounds.is_empty(),
                "{:?}",
                library.modules
            );
        }
    }
}
