//! The product list, 24 of ten thousand, by what people look for.

use std::collections::HashMap;

use anyhow::Result;
use domain::wire::Products;

use crate::bare::Answers;
use crate::load::{Load, Measured, Request};
use crate::market::Market;
use crate::process::Server;
use crate::report::{Rates, Row, per_mille, percent};
use crate::{Plan, REPETITIONS, http};

const CONNECTIONS: usize = 16;

const AIM_PER_MILLE: u64 = 500;

/// How many pages people turn, at most.
const PAGES: usize = 5;

const BOTTLENECK: &str = "a third of the server's time is the kernel's work on sockets and log, a fifth putting the page \
    together, a tenth the log's line and the request's span, most of the rest the layers around the handler (perf record \
    --call-graph dwarf under this load)";

pub fn measure(plan: &Plan) -> Result<Vec<Row>> {
    let url = format!("sqlite://{}", plan.scratch.path("products.db").display());
    let market = Market::fill(&plan.scratch, &url)?;
    let server = Server::start(&plan.scratch, &url, &[])?;
    let pages = all_pages(&server, &market)?;
    let requests: Vec<Request> = pages.iter().map(|(path, _)| Request::again(http::get(path, None))).collect();
    let bare = Answers { pages: HashMap::from_iter(pages), ..Answers::default() }.start(&plan.scratch)?;
    let (mut ours, mut from_memory) = <(Rates, Rates)>::default();
    for repetition in 1..=REPETITIONS {
        println!("products: repetition {repetition} of {REPETITIONS}");
        ours.push(load(plan, &server, &requests)?);
        from_memory.push(load(plan, &bare, &requests)?);
    }
    let share = per_mille(ours.per_second.median(), from_memory.per_second.median());
    Ok(vec![Row {
        figure: "products",
        measured: ours.spell(),
        limit: format!("the same bytes from memory: {}", from_memory.spell()),
        ratio: percent(share),
        aim: format!("≥ {}", percent(AIM_PER_MILLE)),
        met: Some(share >= AIM_PER_MILLE),
        bottleneck: BOTTLENECK,
    }])
}

/// Every page that is asked for, with the answer: each search, and the pages behind its first one.
fn all_pages(server: &Server, market: &Market) -> Result<Vec<(String, String)>> {
    let mut pages = Vec::new();
    for search in market.searches() {
        let mut path = search.clone();
        for _ in 0..PAGES {
            let body = http::fetch(server.address, &http::get(&path, None))?;
            let next = serde_json::from_str::<Products>(&body)?.next;
            pages.push((path, body));
            let Some(next) = next else { break };
            path = format!("{search}&after={}", encoded(&next));
        }
    }
    Ok(pages)
}

/// As the app writes a cursor into an address.
pub fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encode = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(encode).collect()
}

fn load(plan: &Plan, server: &Server, requests: &[Request]) -> Result<Measured> {
    let Plan { seconds, scratch, .. } = plan;
    let requests = requests.to_vec();
    Load { address: server.address, connections: CONNECTIONS, seconds: *seconds, requests }.run(scratch)
}
