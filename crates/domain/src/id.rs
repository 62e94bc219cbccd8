//! Identifiers: UUIDs as text, made by whoever acts first, so that sending twice is once.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

macro_rules! ids {
    ($( $(#[$meta:meta])* $name:ident ),+ $(,)?) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(into = "String", try_from = "String")]
        #[cfg_attr(
            not(target_arch = "wasm32"),
            derive(utoipa::ToSchema),
            schema(value_type = String, format = "uuid")
        )]
        pub struct $name(pub Uuid);

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = uuid::Error;
            fn try_from(text: String) -> Result<Self, uuid::Error> {
                text.parse()
            }
        }

        $crate::read::by_way_of!($name: String);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(text).map($name)
            }
        }
    )+ };
}

ids! {
    ProductId,
    OrganisationId,
    AccountId,
    /// Made by the browser when the order form opens.
    OrderId,
    /// Made by whoever keeps a roster.
    RosterId,
    /// One entry of the ledger.
    SaleId,
    AttachmentId,
    /// Made by whoever asks to join.
    ApplicationId,
    RuleId,
    /// Something a union bought elsewhere.
    PurchaseId,
    /// Made by the browser when the form of a return opens.
    ReturnId,
    /// A report of sales made elsewhere; made by the browser when its form opens.
    ReportId,
    /// A file that belongs to a report.
    EvidenceId,
    /// A report and what it may repeat.
    PairId,
}

/// A UUIDv7 from its two ingredients: the time and ten random bytes, both supplied by the caller.
pub fn uuid_v7(unix_ms: u64, random: &[u8; 10]) -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(unix_ms, random).into_uuid()
}
