//! Enumerations with a stable code for the wire and the database, and the word the office uses for it.

/// Declares an enumeration whose every variant has a stable code and a Chinese name.
///
/// The code is what travels and is stored; renaming a variant in Rust must never change it. Serialisation goes through
/// the code as plain text, which keeps the wasm small: one string visitor serves every enumeration.
macro_rules! coded {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $( $(#[$variant_meta:meta])* $variant:ident = $code:literal $zh:literal ),+ $(,)? }
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
    };
}
pub(crate) use coded;
