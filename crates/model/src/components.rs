//! Software components as lock files and SBOMs name them, and which needs which.
//!
//! Pure data: the readers, the SBOM writers and the register of SOUP live in `soup`.

use std::fmt;

/// One component at one exact version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Component {
    /// Package URL with version, `pkg:cargo/serde@1.0.228`; empty where the source gives nothing to make one from.
    pub purl: String,
    /// Name in the Common Platform Enumeration, 2.3 form; empty where the source gives none.
    pub cpe: String,
    /// The name as its ecosystem writes it, npm scope included.
    pub name: String,
    /// The exact version; empty where the source has none, which is a finding (62304 8.1.2).
    pub version: String,
    /// Who supplies it; lock files do not say.
    pub supplier: Option<String>,
    /// Licence expressions as the source writes them; empty where it says nothing.
    pub licences: Vec<String>,
    /// Digests of the package as it is downloaded.
    pub hashes: Vec<Hash>,
    /// What the product needs it for.
    pub kind: ComponentKind,
    /// May be absent from an installation (npm `optional`, peers that are not installed by themselves).
    pub optional: bool,
    /// Where it is obtained, as the lock file says: a registry, a git address, a tarball.
    pub download: Option<String>,
    /// Platforms that it is restricted to (npm `os`, `cpu`); empty where all, or where the source does not say.
    pub targets: Vec<String>,
    /// Features that are turned on, where the resolution was asked for (Cargo).
    pub features: Vec<String>,
    /// What it is, in the words of SPDX 3.0.1 (`application`, `firmware`); empty for a library, and where nothing says.
    pub purpose: String,
    /// What an SBOM says of it.
    pub description: String,
    /// The notice of copyright, as written.
    pub copyright: String,
    /// Its page, issue tracker and the like.
    pub addresses: Vec<Address>,
    /// How far its supplier supports it, as the SOUP item or the SBOM says; empty where nobody does (FDA, crosswalk 6.4).
    pub support_level: String,
    /// When its support ends, as written; empty where nobody says.
    pub end_of_support: String,
    /// The file and line that this is read from.
    pub source: SourceLine,
}

/// An address of a component, beside that of its download.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// What is there, in the words of CycloneDX: `website`, `vcs`, `issue-tracker`.
    pub kind: String,
    /// The address, as written.
    pub url: String,
}

/// What the product needs a component for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ComponentKind {
    /// The maker's own: a workspace member, no SOUP.
    Own,
    /// Named by one of the maker's own manifests.
    Direct,
    /// Comes with another component, or with the product by a source that does not say which.
    #[default]
    Transitive,
    /// Only builds the product.
    Build,
    /// Only for development and test.
    Dev,
}

impl ComponentKind {
    /// Whether it ends up in the product. What only builds it is a supporting item (62304:5.1.10), not SOUP.
    pub fn is_shipped(self) -> bool {
        matches!(self, ComponentKind::Direct | ComponentKind::Transitive)
    }

    /// The kind as outputs write it.
    pub fn as_str(self) -> &'static str {
        match self {
            ComponentKind::Own => "own",
            ComponentKind::Direct => "direct",
            ComponentKind::Transitive => "transitive",
            ComponentKind::Build => "build",
            ComponentKind::Dev => "dev",
        }
    }
}

/// A digest of a package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash {
    /// The algorithm.
    pub algorithm: HashAlgorithm,
    /// Lower-case hex digits, as many as the algorithm gives.
    pub hex: String,
}

/// The digest algorithms that lock files and both SBOM formats know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HashAlgorithm {
    /// 128 bits; broken, read for old files only.
    Md5,
    /// 160 bits; broken, still found in npm lock files.
    Sha1,
    /// 256 bits.
    Sha256,
    /// 384 bits.
    Sha384,
    /// 512 bits.
    Sha512,
}

impl HashAlgorithm {
    /// Every algorithm, weakest first.
    pub const ALL: [HashAlgorithm; 5] = [
        HashAlgorithm::Md5,
        HashAlgorithm::Sha1,
        HashAlgorithm::Sha256,
        HashAlgorithm::Sha384,
        HashAlgorithm::Sha512,
    ];

    /// Length of a digest in hex digits.
    pub fn hex_len(self) -> usize {
        match self {
            HashAlgorithm::Md5 => 32,
            HashAlgorithm::Sha1 => 40,
            HashAlgorithm::Sha256 => 64,
            HashAlgorithm::Sha384 => 96,
            HashAlgorithm::Sha512 => 128,
        }
    }

    /// The name as CycloneDX writes it; SPDX leaves the hyphen out.
    pub fn as_str(self) -> &'static str {
        match self {
            HashAlgorithm::Md5 => "MD5",
            HashAlgorithm::Sha1 => "SHA-1",
            HashAlgorithm::Sha256 => "SHA-256",
            HashAlgorithm::Sha384 => "SHA-384",
            HashAlgorithm::Sha512 => "SHA-512",
        }
    }
}

/// A line of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceLine {
    /// Path from the product's root, with `/`.
    pub file: String,
    /// The line, from 1; 0 where the format has no useful lines.
    pub line: u32,
}

impl fmt::Display for SourceLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 { f.write_str(&self.file) } else { write!(f, "{}:{}", self.file, self.line) }
    }
}

/// Components and which needs which. Components are sorted by purl, name and version, so that equal content has equal
/// order whatever file it came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ComponentGraph {
    components: Vec<Component>,
    edges: Vec<(u32, u32)>,
}

impl ComponentGraph {
    /// The graph of these components; an edge `(a, b)` says that `components[a]` needs `components[b]`. Components
    /// are sorted, edges are sorted, doubled ones and ones that point outside are dropped.
    pub fn new(components: Vec<Component>, edges: Vec<(usize, usize)>) -> ComponentGraph {
        let mut order: Vec<usize> = (0..components.len()).collect();
        let key = |i: &usize| {
            components.get(*i).map(|c| (&c.purl, &c.name, &c.version, &c.source.file, c.source.line))
        };
        order.sort_by(|a, b| key(a).cmp(&key(b)));
        let mut place = vec![0_u32; components.len()];
        for (new, old) in order.iter().enumerate() {
            if let (Some(p), Ok(new)) = (place.get_mut(*old), u32::try_from(new)) {
                *p = new;
            }
        }
        let mut edges: Vec<(u32, u32)> = edges
            .into_iter()
            .filter_map(|(a, b)| Some((*place.get(a)?, *place.get(b)?)))
            .filter(|(a, b)| a != b)
            .collect();
        edges.sort_unstable();
        edges.dedup();
        let mut slots: Vec<Option<Component>> = components.into_iter().map(Some).collect();
        let components = order.iter().filter_map(|old| slots.get_mut(*old)?.take()).collect();
        ComponentGraph { components, edges }
    }

    /// The components, sorted.
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// Fills in facts about each component. What it is sorted by (purl, name, version, source) stays as it is: `fill` gets
    /// a copy of it back.
    pub fn fill(&mut self, mut fill: impl FnMut(u32, &mut Component)) {
        for (i, c) in (0_u32..).zip(&mut self.components) {
            let (purl, name, version) = (c.purl.clone(), c.name.clone(), c.version.clone());
            let source = c.source.clone();
            fill(i, c);
            (c.purl, c.name, c.version, c.source) = (purl, name, version, source);
        }
    }

    /// The component at `index`.
    pub fn get(&self, index: u32) -> Option<&Component> {
        self.components.get(index as usize)
    }

    /// Every edge, sorted: the first needs the second.
    pub fn edges(&self) -> &[(u32, u32)] {
        &self.edges
    }

    /// What the component at `index` needs directly.
    pub fn needs(&self, index: u32) -> impl Iterator<Item = u32> + '_ {
        let from = self.edges.partition_point(|(a, _)| *a < index);
        self.edges.iter().skip(from).take_while(move |(a, _)| *a == index).map(|(_, b)| *b)
    }

    /// Whether there is no component at all; which is a finding, never "no SOUP".
    pub fn is_empty(&self) -> bool {
        self.components.is_empty()
    }

    /// Both graphs as one: a component of the same purl, name and version is taken once, the first graph's facts
    /// first and the second's where the first is silent.
    pub fn merge(self, other: ComponentGraph) -> ComponentGraph {
        use std::collections::BTreeMap;
        let mut components = self.components;
        let mut edges: Vec<(usize, usize)> =
            self.edges.iter().map(|(a, b)| (*a as usize, *b as usize)).collect();
        let mut known: BTreeMap<(String, String, String), usize> = BTreeMap::new();
        for (i, c) in components.iter().enumerate() {
            known.entry(identity(c)).or_insert(i);
        }
        let mut place = Vec::with_capacity(other.components.len());
        for c in other.components {
            let at = *known.entry(identity(&c)).or_insert(components.len());
            match components.get_mut(at) {
                Some(first) => first.fill_from(c),
                None => components.push(c),
            }
            place.push(at);
        }
        edges.extend(
            other
                .edges
                .iter()
                .filter_map(|(a, b)| Some((*place.get(*a as usize)?, *place.get(*b as usize)?))),
        );
        ComponentGraph::new(components, edges)
    }
}

fn identity(c: &Component) -> (String, String, String) {
    (c.purl.clone(), c.name.clone(), c.version.clone())
}

impl Component {
    /// Takes over what `other`, the same component from another source, knows and this does not.
    fn fill_from(&mut self, other: Component) {
        if self.supplier.is_none() {
            self.supplier = other.supplier;
        }
        if self.cpe.is_empty() {
            self.cpe = other.cpe;
        }
        if self.licences.is_empty() {
            self.licences = other.licences;
        }
        if self.download.is_none() {
            self.download = other.download;
        }
        for (own, others) in [
            (&mut self.support_level, other.support_level),
            (&mut self.end_of_support, other.end_of_support),
            (&mut self.purpose, other.purpose),
            (&mut self.description, other.description),
            (&mut self.copyright, other.copyright),
        ] {
            if own.is_empty() {
                *own = others;
            }
        }
        if self.addresses.is_empty() {
            self.addresses = other.addresses;
        }
        for hash in other.hashes {
            if !self.hashes.contains(&hash) {
                self.hashes.push(hash);
            }
        }
        self.hashes.sort();
        // Needed for the device in one place is needed for the device.
        self.kind = self.kind.min(other.kind);
        self.optional &= other.optional;
    }
}

/// Names that mean another version tomorrow, and words that mean none.
const MOVING: [&str; 14] = [
    "latest", "newest", "current", "stable", "nightly", "next", "edge", "tip", "any", "main", "master",
    "head", "tbd", "unknown",
];

/// Whether a written version designates one version (62304 8.1.2): no range, no wildcard, no moving name.
pub fn is_exact(version: &str) -> bool {
    let v = version.trim().to_ascii_lowercase();
    // Inside of a version `~` and `^` stand for a revision: `3.0.11-1~deb12u2`, `1.7.19~2`, `5.2^20240101`.
    let range =
        v.starts_with(['=', '~', '^', '!']) || v.contains(['<', '>', '*', '|', ',']) || v.contains(" - ");
    let wildcard = v.split('.').any(|part| part == "x");
    v.bytes().any(|b| b.is_ascii_digit()) && !range && !wildcard && !MOVING.contains(&v.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(name: &str, kind: ComponentKind) -> Component {
        Component {
            purl: format!("pkg:cargo/{name}@1.0.0"),
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            supplier: None,
            licences: Vec::new(),
            hashes: Vec::new(),
            kind,
            optional: false,
            download: None,
            source: SourceLine { file: "Cargo.lock".to_owned(), line: 3 },
            ..Component::default()
        }
    }

    #[test]
    fn a_graph_is_the_same_whatever_the_order() {
        let (a, b) = (component("a", ComponentKind::Own), component("b", ComponentKind::Direct));
        let one = ComponentGraph::new(vec![a.clone(), b.clone()], vec![(0, 1), (0, 1), (0, 7)]);
        let two = ComponentGraph::new(vec![b, a], vec![(1, 0)]);
        assert_eq!(one, two);
        assert_eq!(one.needs(0).collect::<Vec<_>>(), [1]);
        assert_eq!(one.needs(1).count(), 0);
    }

    #[test]
    fn merging_fills_what_is_unknown() {
        let mut known = component("a", ComponentKind::Dev);
        known.supplier = Some("a supplier".to_owned());
        let one = ComponentGraph::new(vec![component("a", ComponentKind::Direct)], vec![]);
        let both = one
            .merge(ComponentGraph::new(vec![known, component("b", ComponentKind::Transitive)], vec![(0, 1)]));
        assert_eq!(both.components().len(), 2);
        assert_eq!(both.components()[0].supplier.as_deref(), Some("a supplier"));
        assert_eq!(both.components()[0].kind, ComponentKind::Direct);
        assert_eq!(both.edges(), [(0, 1)]);
    }

    #[test]
    fn exact_and_not() {
        for exact in [
            "1",
            "1.0.228",
            "1.0.0-rc.1+b",
            "6.1.0-rc4",
            "2024-03-01",
            "1:2.3+dfsg-1",
            "v3",
            "r1234",
            "KB5034441",
            "1.0.2u",
            "0f9a",
            "7.4p1",
            "10.0.19045",
            "19.2 SP1",
            "3.0.11-1~deb12u2",
            "1.7.19~2",
            "5.2^20240101",
        ] {
            assert!(is_exact(exact), "{exact}");
        }
        for range in [
            "",
            "*",
            "1.*",
            "1.x",
            "^1",
            "~1",
            "~=1.2",
            ">=1.2",
            "=1.0",
            "!=1.1",
            "1 - 2",
            "1.2 || 1.3",
            "Latest",
            "main",
            "see file",
            "…",
        ] {
            assert!(!is_exact(range), "{range}");
        }
    }
}
