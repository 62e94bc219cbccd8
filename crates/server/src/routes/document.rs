//! The description of the interface, an OpenAPI document served at [`ADDRESS`].
//!
//! Bodies are described by the types that travel (`domain::wire`), endpoints beside their handlers, and what holds of
//! every endpoint of a kind is added here: who may come in, and which refusals any request may meet.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::header::CONTENT_TYPE;
use axum::routing::{MethodRouter, get};
use domain::Code;
use domain::organisation::Role;
use domain::permission::{Act, may_ever};
use domain::wire::{API, ActionBody, FieldProblem, Problem, StockChange};
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, HttpMethod, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, Paths, Ref, RefOr,
    Response, ResponseBuilder, Responses, Schema, Server,
};
use utoipa::{PartialSchema as _, ToSchema as _};

use super::App;
use super::auth::COOKIE;
use crate::error::status;

pub const ADDRESS: &str = "/api/openapi.json";

/// The name of the session cookie among the ways to prove who one is.
const SESSION: &str = "session";

/// The acts an endpoint asks for, by their codes.
const ACTS: &str = "x-acts";

/// The codes a refusal can carry.
const CODES: &str = "x-codes";

// ---- the document -------------------------------------------------------------------------------------------------

/// The document before any endpoint stands in it.
pub fn blank() -> OpenApi {
    let info =
        InfoBuilder::new().title("山海集 · Shanhai Market").version(env!("CARGO_PKG_VERSION")).description(Some(
            "Goods of Lishui and Quzhou, the orders of Ningbo's unions, and the ledger of what was sold.\n\n\
             Amounts are fen (`_fen`), moments are milliseconds since 1970 (`_ms`), days are `2026-11-24`, rates are \
             basis points (`_bp`). Bodies and queries with a name that is not described are refused. Every refusal is \
             `application/problem+json` (RFC 9457) with a stable `code` and a sentence that says what to do. Lists are \
             read on from the cursor `next`, sent as `after`. `x-acts` names what an endpoint asks for in the table of \
             permissions: one of them is needed to come in, and whose thing it is decides the rest.",
        ));
    let session = ApiKeyValue::with_description(COOKIE, "The cookie that `POST /sessions` sets.");
    let components = ComponentsBuilder::new()
        .schema("Problem", Problem::schema())
        .schema("FieldProblem", FieldProblem::schema())
        .security_scheme(SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(session)));
    OpenApiBuilder::new()
        .info(info.build())
        .servers(Some([Server::new(API)]))
        .components(Some(components.build()))
        .build()
}

/// # Errors
/// When the document cannot be written as JSON.
pub fn answer(mut document: OpenApi) -> anyhow::Result<MethodRouter<App>> {
    refuse_unknown_fields_of_kinds(&mut document);
    let text = document.to_pretty_json()?;
    Ok(get(|| async { ([(CONTENT_TYPE, "application/json")], text) }))
}

/// The derived schema says of plain bodies that they take no other fields, but forgets it of the kinds of a tagged one.
fn refuse_unknown_fields_of_kinds(document: &mut OpenApi) {
    let Some(components) = document.components.as_mut() else { return };
    for name in [ActionBody::name(), StockChange::name()] {
        let Some(RefOr::T(Schema::OneOf(kinds))) = components.schemas.get_mut(&*name) else { continue };
        for kind in &mut kinds.items {
            if let RefOr::T(Schema::Object(kind)) = kind {
                kind.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
            }
        }
    }
}

// ---- what holds of every endpoint of a kind -----------------------------------------------------------------------

/// Writes into every operation which acts it asks for, how one proves to be somebody, and the refusals that follow.
pub fn describe(paths: &mut Paths, acts: &[Act]) {
    for (method, operation) in paths.paths.values_mut().flat_map(operations) {
        let mut codes = codes_of(&operation.responses);
        codes.extend(gate_codes(acts));
        codes.extend(request_codes(&method, operation));
        operation.responses.responses.extend(problems(codes));
        operation.responses.responses.insert("500".to_owned(), problem("`broken` 系统出了故障").build().into());
        let acts_needed = acts.iter().map(|act| act.code()).collect::<Vec<_>>();
        let extensions = ExtensionsBuilder::new().add(ACTS, acts_needed).build();
        operation.extensions.get_or_insert_default().merge(extensions);
        if !is_open(acts) {
            operation.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], _>(SESSION, [])]);
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    let operations = [
        (HttpMethod::Get, &mut item.get),
        (HttpMethod::Put, &mut item.put),
        (HttpMethod::Post, &mut item.post),
        (HttpMethod::Patch, &mut item.patch),
        (HttpMethod::Delete, &mut item.delete),
    ];
    operations.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

fn is_open(acts: &[Act]) -> bool {
    acts.iter().any(|act| may_ever(None, *act))
}

/// What the gate refuses (`gate.rs`).
fn gate_codes(acts: &[Act]) -> Vec<Code> {
    let comes_in = |role: &Role| acts.iter().any(|act| may_ever(Some(*role), *act));
    match is_open(acts) {
        true => Vec::new(),
        false if Role::ALL.iter().all(comes_in) => vec![Code::SignInNeeded],
        false => vec![Code::SignInNeeded, Code::NotAllowed],
    }
}

/// What stands before every handler refuses (`guard.rs`, `extract.rs`), and what the store may answer to anything.
fn request_codes(method: &HttpMethod, operation: &Operation) -> Vec<Code> {
    let mut codes = vec![Code::Busy, Code::StorageTrouble];
    if *method != HttpMethod::Get {
        codes.extend([Code::ForeignOrigin, Code::Unsure]);
    }
    if operation.request_body.is_some() {
        codes.extend([Code::BadBody, Code::TooLarge, Code::TooSlow]);
    }
    for parameter in operation.parameters.iter().flatten() {
        match parameter.parameter_in {
            ParameterIn::Path => codes.push(Code::NotFound),
            _ => codes.push(Code::BadField),
        }
    }
    codes
}

// ---- refusals -----------------------------------------------------------------------------------------------------

/// Names the refusals of one handler, beside those of every request: `refusals! { NotShipped: OutOfTurn, Overtaken }`
/// stands among the `responses(…)` as `NotShipped`.
macro_rules! refusals {
    ($name:ident: $($code:ident),+ $(,)?) => {
        #[derive(Debug)]
        pub enum $name {}

        impl utoipa::IntoResponses for $name {
            fn responses() -> std::collections::BTreeMap<
                String,
                utoipa::openapi::RefOr<utoipa::openapi::response::Response>,
            > {
                $crate::routes::document::problems([$( domain::Code::$code ),+])
            }
        }
    };
}
pub(super) use refusals;

/// One answer for each status, with the codes it can carry.
pub fn problems(codes: impl IntoIterator<Item = Code>) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<String, BTreeSet<Code>> = BTreeMap::new();
    for code in codes {
        by_status.entry(status(code).as_str().to_owned()).or_default().insert(code);
    }
    by_status.into_iter().map(|(status, codes)| (status, refusal(&codes).into())).collect()
}

fn refusal(codes: &BTreeSet<Code>) -> Response {
    let words = codes.iter().map(|code| format!("`{}` {}", code.code(), code.zh())).collect::<Vec<_>>();
    let codes = codes.iter().map(|code| code.code()).collect::<Vec<_>>();
    problem(&words.join("；")).extensions(Some(ExtensionsBuilder::new().add(CODES, codes).build())).build()
}

fn problem(description: &str) -> ResponseBuilder {
    let schema = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content("application/problem+json", schema)
}

/// The codes that the described refusals carry.
fn codes_of(responses: &Responses) -> BTreeSet<Code> {
    let described = responses.responses.values().filter_map(|response| match response {
        RefOr::T(response) => response.extensions.as_ref()?.get(CODES)?.as_array(),
        RefOr::Ref(_) => None,
    });
    described.flatten().filter_map(|code| Code::from_code(code.as_str()?)).collect()
}
