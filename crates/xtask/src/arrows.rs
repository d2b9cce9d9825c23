//! Which source file of a crate uses which other one.
//!
//! An arrow goes from a file to the file that defines what it names: by `use`, or by a path in its code (`crate::a::b`,
//! `super::c`, `child::d`). A name that is handed on (`pub use`) is followed to where it is defined. A child that names
//! something of its parent's file is an arrow to the parent. A parent's `mod child;` is none, and its `pub use child::X` is
//! none as long as the parent does not use X itself; its other uses of a child are arrows. Methods are not seen: that a
//! file calls one does not say where it is defined. Neither is what stands in a text, as in `#[serde(default = "…")]`, nor
//! anything under `#[cfg(test)]`.
//!
//! Invariant: every file that is part of the crate without its tests is here, and no other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::mentions::{Import, Mentions};

/// A path through more names that are handed on than this is a name that leads to itself.
const DEEPEST: usize = 20;

/// Of one crate: each file, below its `src`, and the files that it uses with the names by which it does.
pub(crate) type Arrows = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// The arrows between the files of a crate.
///
/// # Errors
/// If a file of it cannot be read.
pub(crate) fn arrows(src: &Path) -> Result<Arrows> {
    let mut arrows = Arrows::new();
    for root in ["lib.rs", "main.rs"].iter().filter(|root| src.join(root).is_file()) {
        let tree = Tree::read(src, root)?;
        for own in 0..tree.modules.len() {
            let (file, uses) = tree.uses(own);
            arrows.entry(file).or_default().extend(uses);
        }
    }
    if arrows.is_empty() {
        bail!("{} has neither lib.rs nor main.rs", src.display());
    }
    Ok(arrows)
}

/// A module that has a file of its own.
struct Module {
    file: String,
    parent: Option<usize>,
    children: BTreeMap<String, usize>,
    says: Mentions,
}

/// The modules of a crate; the first one is its root.
struct Tree {
    modules: Vec<Module>,
}

impl Tree {
    fn read(src: &Path, root: &str) -> Result<Tree> {
        let mut tree = Tree { modules: Vec::new() };
        tree.add(src, PathBuf::from(root), None)?;
        Ok(tree)
    }

    fn add(&mut self, src: &Path, file: PathBuf, parent: Option<usize>) -> Result<usize> {
        let path = src.join(&file);
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let says = Mentions::read(&text).with_context(|| path.display().to_string())?;
        let own = self.modules.len();
        let names = says.children.clone();
        let name = file.display().to_string();
        self.modules.push(Module { file: name, parent, children: BTreeMap::new(), says });
        let is_folder = file.file_stem().is_some_and(|stem| ["lib", "main", "mod"].iter().any(|own| stem == *own));
        let folder = if is_folder { file.with_file_name("") } else { file.with_extension("") };
        for name in names {
            let beside = [folder.join(format!("{name}.rs")), folder.join(&name).join("mod.rs")];
            let Some(file) = beside.into_iter().find(|file| src.join(file).is_file()) else { continue };
            let child = self.add(src, file, Some(own))?;
            if let Some(module) = self.modules.get_mut(own) {
                module.children.insert(name, child);
            }
        }
        Ok(own)
    }

    /// A module's file, and the files that it uses.
    fn uses(&self, own: usize) -> (String, BTreeMap<String, BTreeSet<String>>) {
        let Some(module) = self.modules.get(own) else { return Default::default() };
        let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut point = |to: usize, name: &str| {
            if let Some(target) = self.modules.get(to).filter(|_| to != own) {
                uses.entry(target.file.clone()).or_default().insert(name.to_owned());
            }
        };
        for import in &module.says.imports {
            let Some(found) = self.find(own, &import.path, 0) else { continue };
            let is_used_here = module.says.words.contains(&import.name);
            if import.handed_on && self.is_below(found.module, own) && !is_used_here {
                continue;
            }
            // what is used of a module is told by the paths that begin with it
            if !found.is_whole || import.name == "*" || import.handed_on {
                point(found.module, &import.name);
            }
        }
        for path in &module.says.paths {
            if let Some(found) = self.find(own, path, 0) {
                point(found.module, path.last().map_or("", String::as_str));
            }
        }
        (module.file.clone(), uses)
    }

    fn is_below(&self, module: usize, above: usize) -> bool {
        let parents = std::iter::successors(Some(module), |own| self.modules.get(*own)?.parent);
        parents.skip(1).any(|parent| parent == above)
    }

    /// What a path leads to that is written in a module; nothing, if that is no file of this crate.
    fn find(&self, from: usize, path: &[String], depth: usize) -> Option<Found> {
        let (first, rest) = path.split_first()?;
        if depth > DEEPEST {
            return None;
        }
        let module = self.modules.get(from)?;
        match first.as_str() {
            "crate" => self.walk(0, rest, depth),
            "self" => self.walk(from, rest, depth),
            "super" => self.walk(module.parent?, rest, depth),
            first => match (module.children.get(first), module.import(first)) {
                (Some(child), _) => self.walk(*child, rest, depth),
                (None, Some(import)) => self.find(from, &[&import.path, rest].concat(), depth + 1),
                (None, None) => self.find_in_globs(from, path, depth),
            },
        }
    }

    /// What the rest of a path leads to, once it has come to a module.
    fn walk(&self, at: usize, path: &[String], depth: usize) -> Option<Found> {
        let Some((first, rest)) = path.split_first() else { return Some(Found { module: at, is_whole: true }) };
        let module = self.modules.get(at)?;
        if first == "super" {
            return self.walk(module.parent?, rest, depth);
        }
        if let Some(child) = module.children.get(first) {
            return self.walk(*child, rest, depth);
        }
        if let Some(import) = module.import(first) {
            return self.find(at, &[&import.path, rest].concat(), depth + 1);
        }
        let here = Found { module: at, is_whole: false };
        if module.says.items.contains(first) {
            return Some(here);
        }
        self.find_in_globs(at, path, depth).or(Some(here))
    }

    /// What a name leads to that some `use module::*` may have brought.
    fn find_in_globs(&self, at: usize, path: &[String], depth: usize) -> Option<Found> {
        let (first, module) = (path.first()?, self.modules.get(at)?);
        let globs = module.says.imports.iter().filter(|import| import.name == "*" && depth < DEEPEST);
        let modules = globs.filter_map(|glob| self.find(at, &glob.path, depth + 1)).map(|found| found.module);
        let has = |module: &usize| self.modules.get(*module).is_some_and(|own| own.has(first));
        modules.filter(|module| *module != at).find(has).and_then(|module| self.walk(module, path, depth + 1))
    }
}

impl Module {
    fn import(&self, name: &str) -> Option<&Import> {
        self.says.imports.iter().find(|import| import.name == name)
    }

    fn has(&self, name: &str) -> bool {
        self.says.items.contains(name) || self.children.contains_key(name) || self.import(name).is_some()
    }
}

/// Where a path leads to.
struct Found {
    module: usize,
    /// Whether it is the module itself, not something in it.
    is_whole: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The arrows of a crate with these files, each as `from -> to`.
    fn of(files: &[(&str, &str)]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let arrows = arrows(folder.path()).unwrap();
        let lines = arrows.iter().flat_map(|(from, to)| to.keys().map(move |to| format!("{from} -> {to}")));
        lines.collect()
    }

    #[test]
    fn a_use_and_a_path_are_arrows() {
        let files = [
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a.rs", "use crate::b::B; fn f() { crate::c::f() }"),
            ("b.rs", "use crate::c; pub struct B; fn f() { c::f() }"),
            ("c.rs", "use std::fmt; pub fn f() { fmt::f() }"),
        ];
        assert_eq!(of(&files), ["a.rs -> b.rs", "a.rs -> c.rs", "b.rs -> c.rs"]);
    }

    #[test]
    fn a_name_that_is_handed_on_is_followed_to_its_file() {
        let files = [
            ("lib.rs", "mod a; mod b; pub use b::{B, c}; pub use sepa::Cents;"),
            ("a.rs", "use crate::{B, Cents}; fn f() { crate::c::D; B }"),
            ("b/mod.rs", "mod inner; pub mod c; pub(crate) use inner::*;"),
            ("b/inner.rs", "pub struct B;"),
            ("b/c.rs", "pub struct D;"),
        ];
        assert_eq!(of(&files), ["a.rs -> b/c.rs", "a.rs -> b/inner.rs"]);
    }

    #[test]
    fn a_parent_that_only_declares_its_children_uses_none() {
        let child = ("a/b.rs", "use super::Own; pub struct X(Own);");
        let only = ("a.rs", "mod b; pub(crate) use b::X; pub(crate) struct Own;");
        let itself = ("a.rs", "mod b; pub(crate) use b::X; pub(crate) struct Own; fn f(_: X) {}");
        let path = ("a.rs", "mod b; pub(crate) struct Own; fn f() { b::g() }");
        let private = ("a.rs", "mod b; use b::X; pub(crate) struct Own;");
        let root = ("lib.rs", "mod a;");
        assert_eq!(of(&[root, only, child]), ["a/b.rs -> a.rs"]);
        for parent in [itself, path, private] {
            assert_eq!(of(&[root, parent, child]), ["a.rs -> a/b.rs", "a/b.rs -> a.rs"], "{}", parent.1);
        }
    }

    #[test]
    fn tests_are_no_part_of_it() {
        let files = [
            ("lib.rs", "mod a; mod b; #[cfg(test)] mod tests;"),
            ("a.rs", "#[cfg(test)] mod tests { use super::*; use crate::b::B; }"),
            ("b.rs", "pub struct B;"),
            ("tests/mod.rs", "use crate::a; fn f() { a::f() }"),
        ];
        assert_eq!(of(&files), Vec::<String>::new());
    }
}
