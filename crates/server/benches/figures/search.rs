//! The product list and its search with ten thousand products and with ten times as many: both must feel the same.

use anyhow::Result;

use crate::http::{self, API};
use crate::load::{Load, Request};
use crate::market::Market;
use crate::process::Server;
use crate::products::encoded;
use crate::report::{Rates, Row, megabytes, per_mille, percent, thousands};
use crate::start::memory_of;
use crate::{Plan, REPETITIONS};

const CONNECTIONS: usize = 16;

const SIZES: [usize; 2] = [10_000, 100_000];

/// What the larger one answers in a second, of what the smaller one does.
const AIM_PER_MILLE: u64 = 500;

/// What people type: characters, pinyin whole and begun, initials, both together, other words, a wrong letter, English.
const TYPED: [&str; 14] = [
    "茶",
    "香菇",
    "庆元",
    "xianggu",
    "qingyuanx",
    "qyxg",
    "cshy",
    "庆元xg",
    "冬菇",
    "慶元香菇",
    "huaguu",
    "mushroom",
    "庆云香菇",
    "没有这种东西",
];

const BOTTLENECK: &str = "not looked into yet; the first page of a search is ranked whole, later ones are remembered";

/// A market of one size.
struct Sized {
    server: Server,
    requests: Vec<Request>,
    rates: Rates,
    products: usize,
}

pub fn measure(plan: &Plan) -> Result<Vec<Row>> {
    let mut markets = Vec::new();
    for products in SIZES {
        let url = format!("sqlite://{}", plan.scratch.path(&format!("search-{products}.db")).display());
        let market = Market::fill_with(products, &plan.scratch, &url)?;
        let server = Server::start(&plan.scratch, &url, &[])?;
        markets.push(Sized { server, requests: requests(&market), rates: Rates::default(), products });
    }
    for repetition in 1..=REPETITIONS {
        println!("search: repetition {repetition} of {REPETITIONS}");
        for market in &mut markets {
            let (address, requests) = (market.server.address, market.requests.clone());
            let load = Load { address, connections: CONNECTIONS, seconds: plan.seconds, requests };
            market.rates.push(load.run(&plan.scratch)?);
        }
    }
    let [small, large] = markets.as_slice() else { anyhow::bail!("there are two sizes") };
    let share = per_mille(large.rates.per_second.median(), small.rates.per_second.median());
    Ok(vec![Row {
        figure: "search",
        measured: spell(large)?,
        limit: spell(small)?,
        ratio: percent(share),
        aim: format!("≥ {}", percent(AIM_PER_MILLE)),
        met: Some(share >= AIM_PER_MILLE),
        bottleneck: BOTTLENECK,
    }])
}

fn spell(market: &Sized) -> Result<String> {
    let peak = memory_of(market.server.process.id, "VmHWM:")?;
    Ok(format!("{} products: {}, peak {}", thousands(market.products as u64), market.rates.spell(), megabytes(peak)))
}

/// Lists by what people look for, searches, orders and suggestions, in turns.
fn requests(market: &Market) -> Vec<Request> {
    let searches = TYPED.iter().map(|typed| format!("{API}/products?limit=24&q={}", encoded(typed)));
    let suggestions = TYPED.iter().map(|typed| format!("{API}/products/suggestions?q={}", encoded(typed)));
    let sorts = ["price_up", "price_down", "newest", "sales"];
    let sorted = sorts.iter().map(|sort| format!("{API}/products?limit=24&category=tea&sort={sort}"));
    let all = market.searches().into_iter().chain(searches).chain(suggestions).chain(sorted);
    all.map(|path| Request::again(http::get(&path, None))).collect()
}
