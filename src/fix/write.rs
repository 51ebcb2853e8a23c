//! Writes changed files: all of them or none, each in one step, so that no reader ever sees half a file.

use std::fs::{self, Metadata};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::Change;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Somebody else changed a file while it was analysed.
    #[error("{path}: changed meanwhile; no file was written, run leaklint again")]
    Changed {
        /// The file, as shown.
        path: String,
    },
    /// The file is protected.
    #[error("{path}: is read-only; no file was written")]
    ReadOnly {
        /// The file, as shown.
        path: String,
    },
    /// The system refused.
    #[error("{path}: cannot be written: {source}; no file was written")]
    Refused {
        /// The file, as shown.
        path: String,
        /// Why.
        source: io::Error,
    },
}

/// Writes all changes, or none. A link stays a link to what is written; permissions stay.
///
/// # Errors
/// When a file is no longer what it was, is read-only, or cannot be written; then all files are as before.
pub fn commit(changes: &[Change]) -> Result<(), WriteError> {
    let mut staged = Vec::with_capacity(changes.len());
    for change in changes {
        let refused = |source| WriteError::Refused {
            path: change.shown.clone(),
            source,
        };
        let target = fs::canonicalize(&change.path).map_err(refused)?;
        let metadata = fs::metadata(&target).map_err(refused)?;
        if metadata.permissions().readonly() {
            return Err(WriteError::ReadOnly {
                path: change.shown.clone(),
            });
        }
        let file = stage(&target, &metadata, &change.after).map_err(refused)?;
        staged.push((change, target, metadata, file));
    }
    // As late as can be.
    for (change, target, ..) in &staged {
        if fs::read(target).ok().as_deref() != Some(&change.before) {
            return Err(WriteError::Changed {
                path: change.shown.clone(),
            });
        }
    }
    let mut written: Vec<(&Change, PathBuf, Metadata)> = Vec::new();
    for (change, target, metadata, file) in staged {
        if let Err(error) = file.persist(&target) {
            for (change, target, metadata) in written {
                // What cannot be put back cannot be helped either; the error names the file that was refused.
                let _ = stage(&target, &metadata, &change.before)
                    .and_then(|file| file.persist(&target).map_err(|error| error.error));
            }
            return Err(WriteError::Refused {
                path: change.shown.clone(),
                source: error.error,
            });
        }
        written.push((change, target, metadata));
    }
    Ok(())
}

/// A new file beside the target that is ready to take its place.
fn stage(target: &Path, metadata: &Metadata, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut file = Builder::new().prefix(".leaklint-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().set_permissions(metadata.permissions())?;
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Change, WriteError, commit};

    fn change(folder: &std::path::Path, name: &str) -> Change {
        fs::write(folder.join(name), "old").unwrap();
        Change {
            path: folder.join(name),
            shown: name.into(),
            before: b"old".to_vec(),
            after: b"new".to_vec(),
        }
    }

    #[test]
    fn a_file_that_changed_meanwhile_keeps_all_files_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let changes = [change(folder.path(), "a.js"), change(folder.path(), "b.js")];
        fs::write(folder.path().join("b.js"), "other").unwrap();
        assert!(matches!(commit(&changes), Err(WriteError::Changed { path }) if path == "b.js"));
        assert_eq!(fs::read(folder.path().join("a.js")).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_read_only_file_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let change = change(folder.path(), "a.js");
        let mut permissions = fs::metadata(&change.path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&change.path, permissions).unwrap();
        assert!(matches!(
            commit(std::slice::from_ref(&change)),
            Err(WriteError::ReadOnly { .. })
        ));
        assert_eq!(fs::read(&change.path).unwrap(), b"old");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_stay() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let mut change = change(folder.path(), "a.js");
        let mode =
            |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        fs::set_permissions(&change.path, fs::Permissions::from_mode(0o751)).unwrap();
        let link = folder.path().join("link.js");
        symlink("a.js", &link).unwrap();
        let target = std::mem::replace(&mut change.path, link.clone());
        commit(&[change]).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&target).unwrap(), b"new");
        assert_eq!(mode(&target), 0o751);
    }
}
