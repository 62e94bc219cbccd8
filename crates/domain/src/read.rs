//! Answers, read in the browser without a deserialiser for each of them.
//!
//! What serde derives for a struct is fast and names every error, and weighs one or two kilobytes of WebAssembly; the app
//! reads some fifty of them. Here one deserialiser makes a [`Tree`] of any text, and a struct takes its fields out of it. The
//! server reads requests with serde, whose errors name the field.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A text of JSON, read. There are no fractions in our answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tree {
    Nothing,
    YesOrNo(bool),
    Whole(i64),
    Text(String),
    List(Vec<Tree>),
    Fields(Fields),
}

/// The fields of an object that have not been taken yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields(Vec<(String, Tree)>);

/// What can be read from a tree. None when the tree is of another shape, whatever the reason: an answer that does not read
/// is a fault of ours, and nobody can do anything about it but try again.
pub trait Read: Sized {
    fn read(tree: Tree) -> Option<Self>;

    /// What a field that is not there stands for.
    fn absent() -> Option<Self> {
        None
    }
}

impl Fields {
    pub fn of(tree: Tree) -> Option<Fields> {
        match tree {
            Tree::Fields(fields) => Some(fields),
            _ => None,
        }
    }

    /// Takes a field; `name` may be a raw identifier.
    pub fn take<T: Read>(&mut self, name: &str) -> Option<T> {
        match self.take_tree(name.strip_prefix("r#").unwrap_or(name)) {
            Some(tree) => T::read(tree),
            None => T::absent(),
        }
    }

    fn take_tree(&mut self, name: &str) -> Option<Tree> {
        let at = self.0.iter().position(|field| field.0 == name)?;
        Some(self.0.swap_remove(at).1)
    }
}

/// Reads a struct field by field: `fields!(Named: id, name)`. All fields must be named, or it does not compile.
#[macro_export]
macro_rules! fields {
    ($name:ident: $($field:ident),+ $(,)?) => {
        impl $crate::read::Read for $name {
            fn read(tree: $crate::read::Tree) -> Option<Self> {
                let mut fields = $crate::read::Fields::of(tree)?;
                Some(Self { $( $field: fields.take(stringify!($field))? ),+ })
            }
        }
    };
}

/// Reads a value by way of a simpler one: `by_way_of!(Quantity: i64)`.
macro_rules! by_way_of {
    ($name:ident: $simpler:ty) => {
        impl $crate::read::Read for $name {
            fn read(tree: $crate::read::Tree) -> Option<Self> {
                Self::try_from(<$simpler as $crate::read::Read>::read(tree)?).ok()
            }
        }
    };
}
pub(crate) use by_way_of;

impl Read for Tree {
    fn read(tree: Tree) -> Option<Tree> {
        Some(tree)
    }
}

impl Read for bool {
    fn read(tree: Tree) -> Option<bool> {
        match tree {
            Tree::YesOrNo(is) => Some(is),
            _ => None,
        }
    }
}

impl Read for i64 {
    fn read(tree: Tree) -> Option<i64> {
        match tree {
            Tree::Whole(number) => Some(number),
            _ => None,
        }
    }
}

macro_rules! whole_numbers {
    ($($name:ident),+) => { $( by_way_of!($name: i64); )+ };
}
whole_numbers!(i16, u16, u32);

impl Read for String {
    fn read(tree: Tree) -> Option<String> {
        match tree {
            Tree::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl<T: Read> Read for Option<T> {
    fn read(tree: Tree) -> Option<Option<T>> {
        match tree {
            Tree::Nothing => Some(None),
            tree => T::read(tree).map(Some),
        }
    }

    fn absent() -> Option<Option<T>> {
        Some(None)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(tree: Tree) -> Option<Vec<T>> {
        match tree {
            Tree::List(items) => items.into_iter().map(T::read).collect(),
            _ => None,
        }
    }

    /// A browser may have kept the answer from before there was such a list.
    fn absent() -> Option<Vec<T>> {
        Some(Vec::new())
    }
}

impl<T: Read, const N: usize> Read for [T; N] {
    fn read(tree: Tree) -> Option<[T; N]> {
        Vec::read(tree)?.try_into().ok()
    }
}

impl<A: Read, B: Read> Read for (A, B) {
    fn read(tree: Tree) -> Option<(A, B)> {
        let [first, second]: [Tree; 2] = Read::read(tree)?;
        Some((A::read(first)?, B::read(second)?))
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Tree, D::Error> {
        deserializer.deserialize_any(Growing)
    }
}

struct Growing;

impl<'de> Visitor<'de> for Growing {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without fractions")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Nothing)
    }

    fn visit_bool<E>(self, is: bool) -> Result<Tree, E> {
        Ok(Tree::YesOrNo(is))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Tree, E> {
        Ok(Tree::Whole(number))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Tree, E> {
        i64::try_from(number).map(Tree::Whole).map_err(|_| E::custom("too large"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Tree, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = entries.next_entry()? {
            fields.push(field);
        }
        Ok(Tree::Fields(Fields(fields)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Quantity;
    use crate::wire::{Facet, Problem, Session};

    fn read<T: Read>(text: &str) -> Option<T> {
        T::read(serde_json::from_str(text).ok()?)
    }

    #[test]
    fn what_is_read_is_what_serde_reads() {
        let session = r#"{"name":"孙\u5065 \"x\"","account_id":"0193b3c0-7c1e-7000-8000-000000000001","role":"union_officer",
            "organisation":{"id":"0193b3c0-7c1e-7000-8000-000000000002","name":"工会"},"district":{"id":"yinzhou","name":"鄞州区"},
            "members":null,"address":"","phone":"1","unknown":[1,{"a":-2}]}"#;
        assert_eq!(read::<Session>(session), serde_json::from_str(session).ok());
        assert!(read::<Session>(session).is_some());
    }

    #[test]
    fn what_may_be_missing_may_be_missing() {
        let problem = r#"{"type":"about:blank","title":"t","status":422,"code":"bad_field","detail":"d"}"#;
        assert_eq!(read::<Problem>(problem), serde_json::from_str(problem).ok());
        assert_eq!(
            read::<Problem>(problem).map(|it| (it.r#type, it.errors.len())),
            Some(("about:blank".to_owned(), 0))
        );
    }

    #[test]
    fn another_shape_is_refused_and_so_is_what_the_law_refuses() {
        assert_eq!(read::<Facet>(r#"{"key":"a"}"#), None);
        assert_eq!(read::<Facet>(r#"{"key":1,"count":1}"#), None);
        assert_eq!(read::<Facet>("[]"), None);
        assert_eq!(read::<Quantity>("-1"), None);
        assert_eq!(read::<u16>("65536"), None);
        assert_eq!(read::<i64>("1.5"), None);
        assert_eq!(read::<i64>("18446744073709551615"), None);
        assert_eq!(read::<[u32; 2]>("[1,2,3]"), None);
        assert_eq!(read::<Vec<i64>>("[1,2"), None);
    }
}
