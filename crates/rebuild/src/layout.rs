//! A file system tree in the making: what is where, before it becomes a tar or a directory.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use globset::GlobSet;

use crate::EnvironmentError;
use crate::digest::Hashing;
use crate::error::io as io_error;
use crate::unpacking::Unpacking;

/// Links are followed at most this often in one path, as Linux does.
const LINKS_MAX: usize = 40;

/// Where a file's bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Here.
    Bytes(Vec<u8>),
    /// In a file of the host.
    Host(PathBuf),
}

/// One thing in a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A directory.
    Directory,
    /// A file.
    File {
        /// Its bytes.
        content: Content,
        /// Whether it may be executed.
        executable: bool,
    },
    /// A symbolic link to this target.
    Link(Vec<u8>),
}

/// A tree: paths relative to its root, `/` between the parts, in bytes. Every node's parents are directories.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    nodes: BTreeMap<Vec<u8>, Node>,
}

impl Layout {
    /// All paths and what is there, sorted by path bytes; a directory comes before what it holds.
    pub fn nodes(&self) -> &BTreeMap<Vec<u8>, Node> {
        &self.nodes
    }

    /// What is at `path`, links not followed.
    pub fn get(&self, path: &[u8]) -> Option<&Node> {
        self.nodes.get(path)
    }

    /// What is at `path` of the tree, links above it (but not itself) followed.
    pub(crate) fn find(&mut self, path: &[u8]) -> Option<&Node> {
        let place = self.real_path(path)?;
        self.nodes.get(&place)
    }

    /// Puts `node` at `path`, in place of whatever is there. Links above it are followed inside the tree, as the kernel
    /// would with this tree as root; missing directories are made.
    pub fn put(&mut self, path: &[u8], node: Node) -> Result<(), EnvironmentError> {
        let unusable = |why: &str| EnvironmentError::Specification {
            what: format!("the path `{}`", String::from_utf8_lossy(path)),
            why: why.to_owned(),
        };
        let parts = parts(path).ok_or_else(|| unusable("it leads out of the tree or is empty"))?;
        let Some((name, parents)) = parts.split_last() else { return Err(unusable("it is empty")) };
        let mut place = self.directory(parents).ok_or_else(|| unusable("its links lead nowhere"))?;
        push(&mut place, name);
        if node == Node::Directory && matches!(self.nodes.get(&place), Some(Node::Directory)) {
            return Ok(());
        }
        // A directory that is a link to a directory stays a link: `lib` in an image with /lib -> usr/lib.
        if node == Node::Directory && matches!(self.nodes.get(&place), Some(Node::Link(_))) {
            return self.directory(&parts).map(|_| ()).ok_or_else(|| unusable("its links lead nowhere"));
        }
        if node != Node::Directory {
            self.remove_exactly(&place);
        }
        self.nodes.insert(place, node);
        Ok(())
    }

    /// The real path of a directory, made where missing.
    fn directory(&mut self, parts: &[&[u8]]) -> Option<Vec<u8>> {
        let mut left: Vec<Vec<u8>> = parts.iter().rev().map(|p| p.to_vec()).collect();
        let mut place: Vec<u8> = Vec::new();
        let mut links = 0;
        while let Some(part) = left.pop() {
            if part == b".." {
                place.truncate(place.iter().rposition(|b| *b == b'/').unwrap_or(0));
                continue;
            }
            let above = place.clone();
            push(&mut place, &part);
            match self.nodes.get(&place) {
                Some(Node::Directory) => {}
                Some(Node::Link(target)) => {
                    links += 1;
                    if links > LINKS_MAX {
                        return None;
                    }
                    place = if target.starts_with(b"/") { Vec::new() } else { above };
                    let target = target.split(|b| *b == b'/').filter(|p| !p.is_empty() && *p != b".");
                    left.extend(target.rev().map(<[u8]>::to_vec));
                }
                Some(Node::File { .. }) | None => {
                    self.nodes.insert(place.clone(), Node::Directory);
                }
            }
        }
        Some(place)
    }

    /// Removes what is at `path`, with all below it. Links above it are followed.
    pub(crate) fn remove(&mut self, path: &[u8]) {
        if let Some(place) = self.real_path(path) {
            self.remove_exactly(&place);
        }
    }

    /// Removes all below the directory `path`, but not itself.
    pub(crate) fn clear(&mut self, path: &[u8]) {
        if let Some(place) = self.real_path(path) {
            let node = self.nodes.get(&place).cloned();
            self.remove_exactly(&place);
            if let Some(node) = node {
                self.nodes.insert(place, node);
            }
        }
    }

    fn real_path(&mut self, path: &[u8]) -> Option<Vec<u8>> {
        let parts = parts(path)?;
        let (name, parents) = parts.split_last()?;
        let mut place = self.directory(parents)?;
        push(&mut place, name);
        Some(place)
    }

    fn remove_exactly(&mut self, place: &[u8]) {
        self.nodes.remove(place);
        let mut inside = place.to_vec();
        inside.push(b'/');
        let below: Vec<_> = self
            .nodes
            .range(inside.clone()..)
            .map(|(p, _)| p)
            .take_while(|p| p.starts_with(&inside))
            .cloned()
            .collect();
        for path in below {
            self.nodes.remove(&path);
        }
    }

    /// Leaves out everything that `patterns` match. A directory that ends up empty stays.
    pub fn exclude(&mut self, patterns: &GlobSet) {
        self.nodes.retain(|path, _| !patterns.is_match(Path::new(OsStr::from_bytes(path))));
        self.close();
    }

    /// Puts back directories that something still lies in.
    fn close(&mut self) {
        let missing: Vec<Vec<u8>> = self
            .nodes
            .keys()
            .flat_map(|path| ancestors(path))
            .filter(|above| !self.nodes.contains_key(*above))
            .map(<[u8]>::to_vec)
            .collect();
        self.nodes.extend(missing.into_iter().map(|path| (path, Node::Directory)));
    }

    /// Puts the files below the host's `directory` at `at`, links as links. `leave_out` is asked for each path
    /// relative to `directory`.
    pub(crate) fn put_directory(
        &mut self,
        directory: &Path,
        at: &str,
        leave_out: &dyn Fn(&Path) -> bool,
    ) -> Result<(), EnvironmentError> {
        let mut waiting = vec![PathBuf::new()];
        while let Some(relative) = waiting.pop() {
            let here = directory.join(&relative);
            for entry in fs::read_dir(&here).map_err(io_error("listing", &here))? {
                let entry = entry.map_err(io_error("listing", &here))?;
                let relative = relative.join(entry.file_name());
                if leave_out(&relative) {
                    continue;
                }
                if let Some(node) = host_node(&entry.path())? {
                    let is_directory = node == Node::Directory;
                    self.put(Path::new(at).join(&relative).as_os_str().as_bytes(), node)?;
                    if is_directory {
                        waiting.push(relative);
                    }
                }
            }
        }
        Ok(())
    }

    /// Writes the tree as a tar that depends on nothing but paths, bytes, links and executable bits: sorted by path
    /// bytes, times 0, owner 0, modes 755 and 644. Returns its digest and size in bytes.
    pub fn write_tar(&self, out: &mut dyn Write) -> Result<(String, u64), EnvironmentError> {
        let target = Path::new("the environment's tar");
        let mut tar = tar::Builder::new(Hashing::new(out));
        tar.mode(tar::HeaderMode::Deterministic);
        for (path, node) in &self.nodes {
            let place = Path::new(OsStr::from_bytes(path));
            append(&mut tar, place, node)?;
        }
        let hashing = tar.into_inner().map_err(io_error("writing", target))?;
        Ok(hashing.finish())
    }

    /// Writes the tree to `directory`, which must be empty or absent: modes 755 and 644, one fixed time.
    pub fn unpack(&self, directory: &Path) -> Result<(), EnvironmentError> {
        let mut tree = Unpacking::new(directory)?;
        for (path, node) in &self.nodes {
            match node {
                Node::Directory => tree.directory(path)?,
                Node::Link(target) => tree.link(path, target)?,
                Node::File { content: Content::Bytes(bytes), executable } => {
                    tree.file(path, *executable, &mut bytes.as_slice())?;
                }
                Node::File { content: Content::Host(host), executable } => {
                    let mut from = fs::File::open(host).map_err(io_error("reading", host))?;
                    tree.file(path, *executable, &mut from)?;
                }
            }
        }
        tree.finish()
    }
}

/// The file system object at `path` as a node: `None` for sockets, devices and pipes.
pub(crate) fn host_node(path: &Path) -> Result<Option<Node>, EnvironmentError> {
    let metadata = fs::symlink_metadata(path).map_err(io_error("looking at", path))?;
    let kind = metadata.file_type();
    Ok(if kind.is_dir() {
        Some(Node::Directory)
    } else if kind.is_symlink() {
        let target = fs::read_link(path).map_err(io_error("reading the link", path))?;
        Some(Node::Link(target.into_os_string().as_bytes().to_vec()))
    } else if kind.is_file() {
        let executable = metadata.permissions().mode() & 0o111 != 0;
        Some(Node::File { content: Content::Host(path.to_owned()), executable })
    } else {
        None
    })
}

fn append<W: Write>(tar: &mut tar::Builder<W>, path: &Path, node: &Node) -> Result<(), EnvironmentError> {
    let failed = |path: &Path| io_error("packing", path);
    let mut header = tar::Header::new_gnu();
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header.set_size(0);
    match node {
        Node::Directory => {
            header.set_entry_type(tar::EntryType::Directory);
            header.set_mode(0o755);
            tar.append_data(&mut header, path, io::empty()).map_err(failed(path))
        }
        Node::Link(target) => {
            header.set_entry_type(tar::EntryType::Symlink);
            header.set_mode(0o777);
            set_link_target(tar, &mut header, target).map_err(failed(path))?;
            tar.append_data(&mut header, path, io::empty()).map_err(failed(path))
        }
        Node::File { content, executable } => {
            header.set_entry_type(tar::EntryType::Regular);
            header.set_mode(if *executable { 0o755 } else { 0o644 });
            match content {
                Content::Bytes(bytes) => {
                    header.set_size(bytes.len() as u64);
                    tar.append_data(&mut header, path, bytes.as_slice()).map_err(failed(path))
                }
                Content::Host(host) => {
                    let file = fs::File::open(host).map_err(failed(host))?;
                    let size = file.metadata().map_err(failed(host))?.len();
                    header.set_size(size);
                    // A file that grows meanwhile must not break the tar: exactly `size` bytes, or an error.
                    let mut exact = Exactly { inner: file, left: size };
                    tar.append_data(&mut header, path, &mut exact).map_err(failed(host))
                }
            }
        }
    }
}

/// Sets a link's target byte for byte (the tar crate would tidy `/.` to `/`). One that is too long for the header
/// goes before it as an entry of its own, as GNU tar writes it.
fn set_link_target<W: Write>(
    tar: &mut tar::Builder<W>,
    header: &mut tar::Header,
    target: &[u8],
) -> io::Result<()> {
    const HEADER_BYTES: usize = 100;
    if target.len() > HEADER_BYTES {
        let mut long = tar::Header::new_gnu();
        long.set_entry_type(tar::EntryType::GNULongLink);
        long.set_path("././@LongLink")?;
        long.set_mode(0o644);
        long.set_uid(0);
        long.set_gid(0);
        long.set_mtime(0);
        long.set_size(target.len() as u64 + 1);
        long.set_cksum();
        tar.append(&long, io::Read::chain(target, &b"\0"[..]))?;
    }
    header.set_link_name_literal(target.get(..HEADER_BYTES).unwrap_or(target))
}

/// Reads a fixed number of bytes, and fails if there are fewer.
struct Exactly {
    inner: fs::File,
    left: u64,
}

impl io::Read for Exactly {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.left).unwrap_or(usize::MAX).min(into.len());
        let Some(into) = into.get_mut(..room).filter(|i| !i.is_empty()) else { return Ok(0) };
        let read = self.inner.read(into)?;
        if read == 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the file became shorter while it was read",
            ));
        }
        self.left -= read as u64;
        Ok(read)
    }
}

/// The parts of a path, without empty ones and `.`; `None` if it has a `..` or a NUL.
pub(crate) fn parts(path: &[u8]) -> Option<Vec<&[u8]>> {
    let parts: Vec<&[u8]> = path.split(|b| *b == b'/').filter(|p| !p.is_empty() && *p != b".").collect();
    let usable = !parts.is_empty() && !path.contains(&0) && !parts.contains(&&b".."[..]);
    usable.then_some(parts)
}

fn push(place: &mut Vec<u8>, part: &[u8]) {
    if !place.is_empty() {
        place.push(b'/');
    }
    place.extend_from_slice(part);
}

fn ancestors(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.iter().enumerate().filter(|(_, b)| **b == b'/').filter_map(|(at, _)| path.get(..at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn file(text: &str) -> Node {
        Node::File { content: Content::Bytes(text.as_bytes().to_vec()), executable: false }
    }

    fn paths(layout: &Layout) -> Vec<String> {
        layout.nodes.keys().map(|p| String::from_utf8_lossy(p).into_owned()).collect()
    }

    #[test]
    fn links_above_a_path_are_followed_inside_the_tree() {
        let mut layout = Layout::default();
        layout.put(b"usr/bin", Node::Directory).unwrap();
        layout.put(b"bin", Node::Link(b"usr/bin".to_vec())).unwrap();
        layout.put(b"./bin/cc", file("x")).unwrap();
        layout.put(b"up", Node::Link(b"/../../etc".to_vec())).unwrap();
        layout.put(b"up/passwd", file("x")).unwrap();
        layout.put(b"bin", Node::Directory).unwrap();
        assert_eq!(paths(&layout), ["bin", "etc", "etc/passwd", "up", "usr", "usr/bin", "usr/bin/cc"]);
        layout.put(b"a", Node::Link(b"b".to_vec())).unwrap();
        layout.put(b"b", Node::Link(b"a".to_vec())).unwrap();
        assert!(layout.put(b"a/x", file("x")).is_err());
        for bad in [&b"../x"[..], b"a/../x", b"", b"/", b"a\0b"] {
            assert!(layout.put(bad, file("x")).is_err());
        }
    }

    #[test]
    fn a_file_replaces_a_directory_and_the_other_way_round() {
        let mut layout = Layout::default();
        layout.put(b"a/b/c", file("x")).unwrap();
        layout.put(b"a/b", file("y")).unwrap();
        assert_eq!(paths(&layout), ["a", "a/b"]);
        layout.put(b"a/b/c", file("z")).unwrap();
        assert_eq!(paths(&layout), ["a", "a/b", "a/b/c"]);
        layout.remove(b"a/b");
        assert_eq!(paths(&layout), ["a"]);
    }

    fn any_layout() -> impl Strategy<Value = Vec<(String, Node)>> {
        let node = prop_oneof![
            Just(Node::Directory),
            (prop::collection::vec(any::<u8>(), 0..600), any::<bool>())
                .prop_map(|(b, executable)| Node::File { content: Content::Bytes(b), executable }),
            prop_oneof!["[a-c./]{1,6}", "[a-c./]{95,140}"].prop_map(|t| Node::Link(t.into_bytes())),
        ];
        prop::collection::vec(("[a-c]{1,2}(/[a-c]{1,60}){0,3}", node), 0..12)
    }

    proptest! {
        #[test]
        fn a_tar_unpacks_to_the_tree_it_was_made_of_and_packs_to_the_same_bytes(nodes in any_layout()) {
            let mut layout = Layout::default();
            for (path, node) in nodes {
                let _ = layout.put(path.as_bytes(), node);
            }
            let mut first = Vec::new();
            let (digest, size) = layout.write_tar(&mut first).unwrap();
            prop_assert_eq!(size, first.len() as u64);
            prop_assert_eq!(&digest, &crate::digest::of(&first));

            let place = tempfile::tempdir().unwrap();
            let (by_layout, by_tar) = (place.path().join("a"), place.path().join("b"));
            layout.unpack(&by_layout).unwrap();
            crate::unpack_environment(&mut first.as_slice(), &by_tar).unwrap();
            for directory in [by_layout, by_tar] {
                let mut again = Layout::default();
                again.put_directory(&directory, "", &|_| false).unwrap();
                let mut second = Vec::new();
                again.write_tar(&mut second).unwrap();
                prop_assert!(first == second, "{} and {} bytes", first.len(), second.len());
            }
        }
    }
}
