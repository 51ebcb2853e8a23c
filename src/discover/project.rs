//! The project of a path: the folder below which the files lie that may import it.
//!
//! Knows manifests by name and by what makes them one of a workspace. Must not know ignore rules.

use std::path::{Path, PathBuf};

use crate::program::resolve::{is_signpost, read_manifest};

/// Files that make a folder a workspace, besides `workspaces` in its manifest.
const WORKSPACES: [&str; 3] = ["lerna.json", "pnpm-workspace.yaml", "rush.json"];

/// Files whose folder is a project where there is no manifest.
const CONFIGURATIONS: [&str; 2] = ["tsconfig.json", "jsconfig.json"];

/// The outermost workspace around a folder; without one the nearest package, then the nearest configuration of
/// TypeScript, then, where it is a single file that was named, the git repository. The search ends at `.git`, at `node_modules`, and below the home folder, in
/// which a stray manifest makes no project.
fn root(folder: &Path, is_file: bool) -> Option<PathBuf> {
    let home = std::env::home_dir();
    let (mut workspace, mut package, mut configured) = (None, None, None);
    for folder in folder.ancestors() {
        let is_no_project = folder.parent().is_none() || home.as_deref() == Some(folder);
        if is_no_project || folder.ends_with("node_modules") {
            break;
        }
        let has = |name: &&str| folder.join(name).is_file();
        let manifest = read_manifest(folder).filter(|manifest| !is_signpost(manifest));
        let is_workspace = manifest
            .as_ref()
            .is_some_and(|manifest| manifest.contains_key("workspaces"));
        if is_workspace || WORKSPACES.iter().any(has) {
            workspace = Some(folder);
        }
        if manifest.is_some() {
            package.get_or_insert(folder);
        }
        if CONFIGURATIONS.iter().any(has) {
            configured.get_or_insert(folder);
        }
        if folder.join(".git").exists() {
            if is_file {
                configured.get_or_insert(folder);
            }
            break;
        }
    }
    workspace.or(package).or(configured).map(Path::to_path_buf)
}

/// The projects of paths, none inside another: that of the current folder counts for all that lies in it, so that a
/// part of it is seen as the whole is.
pub(super) fn roots<'a>(current: &Path, paths: impl Iterator<Item = &'a Path>) -> Vec<PathBuf> {
    let current = root(current, false);
    let mut roots: Vec<PathBuf> = Vec::new();
    for path in paths {
        if let Some(current) = &current
            && is_part(path, current)
        {
            roots.push(current.clone());
        } else if !roots.iter().any(|root| is_part(path, root)) {
            let is_dir = path.is_dir();
            let folder = if is_dir { Some(path) } else { path.parent() };
            roots.extend(folder.and_then(|folder| root(folder, !is_dir)));
        }
    }
    roots.sort();
    // What lies in another one comes right after it.
    roots.dedup_by(|next, kept| is_part(next, kept));
    roots
}

/// Whether a search for the files of the project `root` would come upon the path.
fn is_part(path: &Path, root: &Path) -> bool {
    path.strip_prefix(root)
        .is_ok_and(|below| below.iter().all(|part| part != "node_modules"))
}
