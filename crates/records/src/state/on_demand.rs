//! A part of the state that is made when somebody first looks at it.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, OnceLock};

/// A value that is there, or that is made when somebody first looks at it. Whoever looks cannot tell which: nothing is missing
/// from a state because nobody looked yet.
///
/// Copies share the value until one of them is changed.
pub struct OnDemand<T> {
    value: OnceLock<Arc<T>>,
    /// How it is made; none where it was there from the beginning or was changed since.
    made: Option<Arc<dyn Fn() -> T + Send + Sync>>,
    /// Whether its memory goes back with the process and not before.
    to_the_end: bool,
}

impl<T: Default> OnDemand<T> {
    /// A value that is made when it is first looked at. With `to_the_end` its memory is given back by the end of the process alone:
    /// for a process that shows one list and ends, where freeing a million texts one by one is a good part of the time.
    pub(super) fn made_by(made: impl Fn() -> T + Send + Sync + 'static, to_the_end: bool) -> OnDemand<T> {
        OnDemand { value: OnceLock::new(), made: Some(Arc::new(made)), to_the_end }
    }

    /// The same value; see [`OnDemand::made_by`] for `to_the_end`.
    pub(super) fn held(mut self, to_the_end: bool) -> OnDemand<T> {
        self.to_the_end = to_the_end;
        self
    }

    fn make(&self) -> Arc<T> {
        Arc::new(self.made.as_ref().map_or_else(T::default, |made| made()))
    }
}

impl<T> From<T> for OnDemand<T> {
    fn from(value: T) -> OnDemand<T> {
        OnDemand { value: OnceLock::from(Arc::new(value)), made: None, to_the_end: false }
    }
}

impl<T: Default> Deref for OnDemand<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.get_or_init(|| self.make())
    }
}

impl<T: Default + Clone> DerefMut for OnDemand<T> {
    fn deref_mut(&mut self) -> &mut T {
        if self.value.get().is_none() {
            self.value = OnceLock::from(self.make());
        }
        // From here on it is another value than the one that can be made.
        self.made = None;
        match self.value.get_mut() {
            Some(value) => Arc::make_mut(value),
            None => unreachable!("it was put there above"),
        }
    }
}

impl<T: Default> Default for OnDemand<T> {
    fn default() -> OnDemand<T> {
        OnDemand::from(T::default())
    }
}

/// A copy of what nobody looked at is one that nobody looked at.
impl<T> Clone for OnDemand<T> {
    fn clone(&self) -> OnDemand<T> {
        OnDemand { value: self.value.clone(), made: self.made.clone(), to_the_end: self.to_the_end }
    }
}

impl<T> Drop for OnDemand<T> {
    fn drop(&mut self) {
        if self.to_the_end {
            std::mem::forget(self.value.take());
        }
    }
}

impl<T: Default + PartialEq> PartialEq for OnDemand<T> {
    fn eq(&self, other: &OnDemand<T>) -> bool {
        **self == **other
    }
}

impl<T: Default + std::fmt::Debug> std::fmt::Debug for OnDemand<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}

/// As the value.
impl<T: Default + Serialize> Serialize for OnDemand<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OnDemand<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<OnDemand<T>, D::Error> {
        T::deserialize(deserializer).map(OnDemand::from)
    }
}

impl<'a, T: Default> IntoIterator for &'a OnDemand<T>
where
    &'a T: IntoIterator,
{
    type Item = <&'a T as IntoIterator>::Item;
    type IntoIter = <&'a T as IntoIterator>::IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        (**self).into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::OnDemand;
    use std::collections::BTreeMap;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    type Map = BTreeMap<String, u32>;

    fn counted() -> (OnDemand<Map>, Arc<AtomicUsize>) {
        let times = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&times);
        let made = OnDemand::made_by(
            move || {
                count.fetch_add(1, Ordering::Relaxed);
                Map::from([("a".to_owned(), 1)])
            },
            false,
        );
        (made, times)
    }

    #[test]
    fn it_is_made_once_and_only_for_who_looks() {
        let (kept, times) = counted();
        let copy = kept.clone();
        assert_eq!(times.load(Ordering::Relaxed), 0, "a copy looks at nothing");
        assert_eq!((kept.get("a"), kept.len()), (Some(&1), 1));
        assert_eq!(times.load(Ordering::Relaxed), 1);
        assert_eq!((&copy).into_iter().count(), 1, "the copy is whole too");
    }

    /// A value that tells when it is freed.
    #[derive(Default)]
    struct Freed(Arc<AtomicUsize>);

    impl Drop for Freed {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn it_is_freed_unless_the_process_ends_with_it() {
        for (to_the_end, times) in [(false, 1), (true, 0)] {
            let freed = Arc::new(AtomicUsize::new(0));
            let count = Arc::clone(&freed);
            let kept = OnDemand::made_by(move || Freed(Arc::clone(&count)), to_the_end);
            assert_eq!(kept.0.load(Ordering::Relaxed), 0);
            drop(kept);
            assert_eq!(freed.load(Ordering::Relaxed), times);
            let freed = Arc::new(AtomicUsize::new(0));
            drop(OnDemand::from(Freed(Arc::clone(&freed))).held(to_the_end));
            assert_eq!(freed.load(Ordering::Relaxed), times, "one that was there from the beginning");
        }
    }

    #[test]
    fn what_was_changed_is_never_made_again() {
        let (mut kept, _) = counted();
        kept.insert("b".to_owned(), 2);
        let copy = kept.clone();
        assert_eq!((copy.len(), &copy), (2, &kept), "what was there before and what came");
        kept.clear();
        assert!(kept.clone().is_empty());
        assert_eq!(copy.len(), 2, "a copy keeps what it was a copy of");
    }
}
