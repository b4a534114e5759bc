//! Our Merkle tree beside an independent implementation of RFC 6962.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ledger::merkle::{self, Frontier, ProofError, Tree, leaf_hash};
use proptest::prelude::*;
use sha2::Sha256;
use vocabulary::Digest;

type Oracle = MemoryBackedTree<Sha256, Vec<u8>>;

fn leaf(n: u64) -> Vec<u8> {
    format!("entry {n}").into_bytes()
}

fn trees(size: u64) -> (Tree, Oracle) {
    let (mut ours, mut oracle) = (Tree::new(), Oracle::new());
    for n in 0..size {
        ours.push(leaf_hash(&leaf(n)));
        oracle.push(leaf(n));
    }
    (ours, oracle)
}

fn hashes(bytes: &[u8]) -> Vec<Digest> {
    bytes.chunks(32).map(|c| Digest(c.try_into().unwrap())).collect()
}

#[test]
fn the_roots_of_all_small_trees_are_the_oracles() {
    let (mut frontier, mut tree, mut oracle) = (Frontier::new(), Tree::new(), Oracle::new());
    for n in 0..600 {
        assert_eq!(frontier.root().0[..], oracle.root().as_bytes()[..], "size {n}");
        assert_eq!(tree.root(), frontier.root());
        frontier.push(leaf_hash(&leaf(n)), |_| {});
        tree.push(leaf_hash(&leaf(n)));
        oracle.push(leaf(n));
    }
}

#[test]
fn all_proofs_of_all_small_trees_are_the_oracles_and_hold() {
    for new in 1..40 {
        let (ours, oracle) = trees(new);
        for n in 0..new {
            let proof = ours.inclusion_proof(n, new).unwrap();
            assert_eq!(proof, hashes(oracle.prove_inclusion(n as usize).as_bytes()), "{n} of {new}");
            merkle::verify_inclusion(leaf_hash(&leaf(n)), n, new, &proof, ours.root()).unwrap();
        }
        for old in 1..=new {
            let proof = ours.consistency_proof(old, new).unwrap();
            assert_eq!(
                proof,
                hashes(oracle.prove_consistency((new - old) as usize).as_bytes()),
                "{old} of {new}"
            );
            let old_root = ours.root_at(old).unwrap();
            merkle::verify_consistency(old, new, old_root, ours.root(), &proof).unwrap();
        }
    }
}

#[test]
fn impossible_questions_are_errors() {
    let (tree, _) = trees(5);
    assert!(tree.inclusion_proof(5, 5).is_err());
    assert!(tree.inclusion_proof(0, 6).is_err());
    assert!(tree.consistency_proof(4, 3).is_err());
    assert!(tree.consistency_proof(4, 6).is_err());
    assert!(tree.root_at(6).is_err());
    let root = tree.root();
    assert!(matches!(merkle::verify_inclusion(root, 0, 0, &[], root), Err(ProofError::OutOfRange { .. })));
    assert!(matches!(merkle::verify_inclusion(root, 0, u64::MAX, &[], root), Err(ProofError::Length(0))));
    assert!(matches!(merkle::verify_consistency(6, 5, root, root, &[]), Err(ProofError::OutOfRange { .. })));
    assert!(matches!(merkle::verify_consistency(3, 5, root, root, &[]), Err(ProofError::Length(0))));
    assert!(merkle::verify_consistency(0, 5, merkle::empty_root(), root, &[]).is_ok());
    assert!(merkle::verify_consistency(0, 5, root, root, &[]).is_err());
    assert!(merkle::verify_consistency(5, 5, root, root, &[root]).is_err());
    assert!(merkle::verify_consistency(u64::MAX, u64::MAX, root, root, &[]).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn proofs_of_larger_trees_are_the_oracles(size in 1u64..3_000, a in any::<u64>(), b in any::<u64>()) {
        let (ours, oracle) = trees(size);
        prop_assert_eq!(ours.root().0.to_vec(), oracle.root().as_bytes().to_vec());
        let (n, old) = (a % size, 1 + b % size);
        let inclusion = ours.inclusion_proof(n, size).unwrap();
        prop_assert_eq!(&inclusion, &hashes(oracle.prove_inclusion(n as usize).as_bytes()));
        let consistency = ours.consistency_proof(old, size).unwrap();
        prop_assert_eq!(consistency, hashes(oracle.prove_consistency((size - old) as usize).as_bytes()));
    }

    #[test]
    fn a_proof_holds_for_nothing_else(size in 2u64..400, a in any::<u64>(), b in any::<u64>(), flip in any::<prop::sample::Index>()) {
        let (tree, _) = trees(size);
        let (n, other) = (a % size, b % size);
        let mut proof = tree.inclusion_proof(n, size).unwrap();
        let (hash, root) = (leaf_hash(&leaf(n)), tree.root());
        if other != n {
            prop_assert!(merkle::verify_inclusion(hash, other, size, &proof, root).is_err());
            prop_assert!(merkle::verify_inclusion(leaf_hash(&leaf(other)), n, size, &proof, root).is_err());
        }
        prop_assert!(merkle::verify_inclusion(hash, n, size, &proof[1..], root).is_err());
        let at = flip.index(proof.len());
        proof[at].0[0] ^= 1;
        prop_assert!(merkle::verify_inclusion(hash, n, size, &proof, root).is_err());
        proof[at].0[0] ^= 1;
        proof.push(root);
        prop_assert!(merkle::verify_inclusion(hash, n, size, &proof, root).is_err());

        let old = 1 + a % (size - 1);
        let mut proof = tree.consistency_proof(old, size).unwrap();
        let old_root = tree.root_at(old).unwrap();
        prop_assert!(merkle::verify_consistency(old, size, root, root, &proof).is_err());
        let at = flip.index(proof.len());
        proof[at].0[31] ^= 1;
        prop_assert!(merkle::verify_consistency(old, size, old_root, root, &proof).is_err());
        proof[at].0[31] ^= 1;
        proof.push(root);
        prop_assert!(merkle::verify_consistency(old, size, old_root, root, &proof).is_err());
    }

    #[test]
    fn any_proof_is_an_answer(old in any::<u64>(), new in any::<u64>(), proof in prop::collection::vec(any::<[u8; 32]>(), 0..70)) {
        let proof: Vec<Digest> = proof.into_iter().map(Digest).collect();
        let root = merkle::empty_root();
        prop_assert!(merkle::verify_inclusion(root, old, new, &proof, root).is_err());
        if old != new && old != 0 {
            prop_assert!(merkle::verify_consistency(old, new, root, root, &proof).is_err());
        }
    }
}
