//! The gate before every endpoint: the table of permissions, asked as soon as it is known who comes.
//!
//! Whose thing it is, the gate cannot know; that question is put to the same table where the thing has been found.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use domain::permission::{Act, check_ever};
use utoipa_axum::router::UtoipaMethodRouter;

use super::{App, auth, document};
use crate::error::Result;

/// What the gate of one endpoint needs to know.
#[derive(Clone, Debug)]
struct Gate {
    app: App,
    acts: Arc<[Act]>,
}

/// Puts a gate before an endpoint that asks for one of these acts, and writes the same into the endpoint's description.
pub fn asks(
    app: &App,
    acts: impl IntoIterator<Item = Act>,
    (schemas, mut paths, handlers): UtoipaMethodRouter<App>,
) -> UtoipaMethodRouter<App> {
    let acts: Arc<[Act]> = acts.into_iter().collect();
    document::describe(&mut paths, &acts);
    let gate = Gate { app: app.clone(), acts };
    (schemas, paths, handlers.route_layer(middleware::from_fn_with_state(gate, ask)))
}

/// The person is found once, here; the handler receives them with the request.
async fn ask(State(Gate { app, acts }): State<Gate>, mut request: Request, next: Next) -> Result<Response> {
    let Err(refusal) = check_ever(None, &acts) else { return Ok(next.run(request).await) };
    let Some(person) = auth::signed_in(&app, request.headers()).await? else { return Err(refusal.into()) };
    check_ever(Some(person.actor.role), &acts)?;
    tracing::Span::current().record("role", person.actor.role.code());
    request.extensions_mut().insert(person);
    Ok(next.run(request).await)
}
