//! Files of orders and procurements.

use serde::{Deserialize, Serialize};

use crate::attachment::{AttachmentKind, AttachmentScope, FileFormat};
use crate::fields;
use crate::id::AttachmentId;
use crate::organisation::Role;

/// Answer of `GET /orders/{id}/attachments`: those of the order and those of its basket, as far as the reader may see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Attachments {
    /// In the order in which they came.
    pub items: Vec<Attachment>,
}
fields!(Attachments: items);

/// A file; its content is `GET /attachments/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Attachment {
    pub id: AttachmentId,
    pub scope: AttachmentScope,
    pub kind: AttachmentKind,
    pub name: String,
    pub format: FileFormat,
    pub size_bytes: i64,
    /// Of the content, in lower-case hexadecimal digits.
    pub sha256: String,
    /// Who brought it; none when it came by a delivery point's code.
    pub role: Option<Role>,
    pub added_at_ms: i64,
    /// Whether the reader may take it away again, now.
    pub removable: bool,
}
fields!(Attachment: id, scope, kind, name, format, size_bytes, sha256, role, added_at_ms, removable);
