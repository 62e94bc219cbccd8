//! Answers, read in the browser without a deserialiser for each of them.
//!
//! What serde derives for a struct is fast and names every error, and weighs one or two kilobytes of WebAssembly; the app
//! reads some fifty of them. Here a text becomes a [`Tree`], and a struct takes its fields out of it. The reader of JSON is
//! written here too: serde_json, which errs in words and knows fractions, is four times its size in the first visit. The server
//! reads requests with serde, whose errors name the field.

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

// ---- JSON ---------------------------------------------------------------------------------------------------------

impl Tree {
    /// The tree of a text. None when it is not JSON (RFC 8259), or has a fraction or a number beyond 64 bits in it.
    pub fn of(text: &str) -> Option<Tree> {
        let mut text = Text { text, at: 0 };
        let tree = text.value(DEEPEST)?;
        text.space();
        text.peek().is_none().then_some(tree)
    }
}

/// Deeper than any answer, and far from what the stack holds.
const DEEPEST: u32 = 64;

struct Text<'a> {
    text: &'a str,
    /// How far it has been read, in bytes.
    at: usize,
}

impl Text<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// The next byte that is no space.
    fn sign(&mut self) -> Option<u8> {
        self.space();
        self.next()
    }

    fn value(&mut self, deeper: u32) -> Option<Tree> {
        let deeper = deeper.checked_sub(1)?;
        match self.sign()? {
            b'{' => self.fields(deeper),
            b'[' => self.list(deeper),
            b'"' => self.string().map(Tree::Text),
            b'n' => self.word("ull", Tree::Nothing),
            b't' => self.word("rue", Tree::YesOrNo(true)),
            b'f' => self.word("alse", Tree::YesOrNo(false)),
            first => self.number(first),
        }
    }

    fn word(&mut self, rest: &str, tree: Tree) -> Option<Tree> {
        let is_it = self.text.as_bytes().get(self.at..)?.starts_with(rest.as_bytes());
        self.at += rest.len();
        is_it.then_some(tree)
    }

    fn number(&mut self, first: u8) -> Option<Tree> {
        let begin = self.at - 1;
        let digits = begin + usize::from(first == b'-');
        while matches!(self.peek(), Some(b'0'..=b'9' | b'.' | b'e' | b'E')) {
            self.at += 1;
        }
        // A fraction does not parse, and neither does what is no number at all.
        let text = self.text.get(begin..self.at)?;
        // Neither is 007 a number of JSON's, and -0 is a fraction.
        let leads_with_zero = text.len() > 1 && self.text.as_bytes().get(digits) == Some(&b'0');
        text.parse().ok().filter(|_| !leads_with_zero && first != b'+').map(Tree::Whole)
    }

    fn list(&mut self, deeper: u32) -> Option<Tree> {
        let mut items = Vec::new();
        self.space();
        if self.peek()? == b']' {
            self.at += 1;
            return Some(Tree::List(items));
        }
        loop {
            items.push(self.value(deeper)?);
            match self.sign()? {
                b',' => (),
                b']' => return Some(Tree::List(items)),
                _ => return None,
            }
        }
    }

    fn fields(&mut self, deeper: u32) -> Option<Tree> {
        let mut fields = Vec::new();
        self.space();
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(Tree::Fields(Fields(fields)));
        }
        loop {
            if self.sign()? != b'"' {
                return None;
            }
            let name = self.string()?;
            if self.sign()? != b':' {
                return None;
            }
            fields.push((name, self.value(deeper)?));
            match self.sign()? {
                b',' => (),
                b'}' => return Some(Tree::Fields(Fields(fields))),
                _ => return None,
            }
        }
    }

    /// From behind its first quote to behind its last.
    fn string(&mut self) -> Option<String> {
        let mut string = String::new();
        let mut begin = self.at;
        loop {
            match self.next()? {
                b'"' => {
                    string.push_str(self.text.get(begin..self.at - 1)?);
                    return Some(string);
                }
                b'\\' => {
                    string.push_str(self.text.get(begin..self.at - 1)?);
                    string.push(self.escaped()?);
                    begin = self.at;
                }
                0..0x20 => return None,
                _ => (),
            }
        }
    }

    fn escaped(&mut self) -> Option<char> {
        Some(match self.next()? {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => return self.code_point(),
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            _ => return None,
        })
    }

    /// Four digits, or eight for what lies beyond 65,536, in two halves.
    fn code_point(&mut self) -> Option<char> {
        let high = self.four_digits()?;
        if !(0xD800..0xDC00).contains(&high) {
            return char::from_u32(high);
        }
        if self.next()? != b'\\' || self.next()? != b'u' {
            return None;
        }
        let low = self.four_digits()?.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
        char::from_u32(0x10000 + ((high - 0xD800) << 10) + low)
    }

    fn four_digits(&mut self) -> Option<u32> {
        let mut number = 0;
        for _ in 0..4 {
            number = number * 16 + char::from(self.next()?).to_digit(16)?;
        }
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::Quantity;
    use crate::wire::{Facet, Problem, Session};

    fn read<T: Read>(text: &str) -> Option<T> {
        T::read(Tree::of(text)?)
    }

    /// What serde_json makes of a text, as a tree; none where it has a fraction or a number that is too large.
    fn as_tree(value: Value) -> Option<Tree> {
        Some(match value {
            Value::Null => Tree::Nothing,
            Value::Bool(is) => Tree::YesOrNo(is),
            Value::Number(number) => Tree::Whole(number.as_i64()?),
            Value::String(text) => Tree::Text(text),
            Value::Array(items) => Tree::List(items.into_iter().map(as_tree).collect::<Option<_>>()?),
            Value::Object(fields) => {
                let fields = fields.into_iter().map(|(name, value)| Some((name, as_tree(value)?)));
                Tree::Fields(Fields(fields.collect::<Option<_>>()?))
            }
        })
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map("[a-z]{1,6}", inner, 0..6)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(value in values(), pretty: bool) {
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
            prop_assert_eq!(Tree::of(&text.expect("a value is JSON")), as_tree(value));
        }

        /// Of texts that are nearly JSON, just those are read that serde_json reads.
        #[test]
        fn what_is_no_json_is_not_read(text in r#"[\[\]{}:,"a0-9\-+.eE \\/ntu]{0,12}"#) {
            let tree = serde_json::from_str::<Value>(&text).ok().and_then(as_tree);
            // An object with the same name twice keeps both here, and the first counts.
            prop_assert_eq!(Tree::of(&text).is_some(), tree.is_some(), "{}", text);
        }
    }

    #[test]
    fn letters_may_be_written_as_numbers() {
        assert_eq!(read::<String>(r#""\u5c71\ud83c\udf4a\n\/\"""#), Some("山🍊\n/\"".to_owned()));
        for broken in [r#""\ud83c""#, r#""\ud83c\u0041""#, r#""\u12""#, r#""\x""#, "\"a\nb\"", "\"a"] {
            assert_eq!(Tree::of(broken), None, "{broken}");
        }
    }

    #[test]
    fn what_is_nested_too_deeply_is_refused() {
        let nested = |deep: usize| format!("{}{}", "[".repeat(deep), "]".repeat(deep));
        assert!(Tree::of(&nested(60)).is_some());
        assert!(Tree::of(&nested(100_000)).is_none());
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
