//! Enumerations with a stable code for the wire and the database, the word the office uses for it, and that in English.

/// Declares an enumeration whose every variant has a stable code, a Chinese and an English name.
///
/// The code is what travels and is stored; renaming a variant in Rust must never change it. Serialisation goes through
/// the code as plain text, which keeps the wasm small: one string visitor serves every enumeration.
macro_rules! coded {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $( $(#[$variant_meta:meta])* $variant:ident = $code:literal $zh:literal $en:literal ),+ $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(into = "&'static str", try_from = "String")]
        pub enum $name { $( $(#[$variant_meta])* $variant ),+ }

        impl $name {
            /// Every variant, in the order the screens list them.
            pub const ALL: &'static [$name] = &[ $( $name::$variant ),+ ];

            /// The stable code used on the wire and in the database.
            pub fn code(self) -> &'static str {
                match self { $( $name::$variant => $code ),+ }
            }

            /// The word the office uses.
            pub fn zh(self) -> &'static str {
                match self { $( $name::$variant => $zh ),+ }
            }

            /// The same in English.
            pub fn en(self) -> &'static str {
                match self { $( $name::$variant => $en ),+ }
            }

            /// The word in the reader's language.
            pub fn word(self, reader: $crate::language::Language) -> &'static str {
                match reader {
                    $crate::language::Language::Zh => self.zh(),
                    $crate::language::Language::En => self.en(),
                }
            }

            /// The variant with this code, or `None`.
            pub fn from_code(code: &str) -> Option<$name> {
                match code { $( $code => Some($name::$variant), )+ _ => None }
            }
        }

        impl From<$name> for &'static str {
            fn from(value: $name) -> &'static str { value.code() }
        }

        impl TryFrom<String> for $name {
            type Error = String;
            fn try_from(code: String) -> Result<Self, String> {
                $name::from_code(&code)
                    .ok_or_else(|| format!("unknown {} '{code}'", stringify!($name)))
            }
        }

        impl $crate::read::Read for $name {
            fn read(tree: $crate::read::Tree) -> Option<$name> {
                $name::from_code(&<String as $crate::read::Read>::read(tree)?)
            }
        }

        #[cfg(not(target_arch = "wasm32"))]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $crate::code::schema_of(&[ $( ($code, $zh) ),+ ])
            }
        }

        #[cfg(not(target_arch = "wasm32"))]
        impl utoipa::ToSchema for $name {}
    };
}
pub(crate) use coded;

/// An enumeration in the API's document: one of these codes, each with the office's word for it.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn schema_of(words: &[(&str, &str)]) -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
    let meaning = words.iter().map(|(code, zh)| format!("`{code}` {zh}")).collect::<Vec<_>>().join("，");
    utoipa::openapi::ObjectBuilder::new()
        .schema_type(utoipa::openapi::Type::String)
        .enum_values(Some(words.iter().map(|(code, _)| *code)))
        .description(Some(meaning))
        .into()
}
