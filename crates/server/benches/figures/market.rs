//! A market to measure: the catalogue of `data/`, repeated until it is large, its accounts, and people signed in.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use diesel::Connection as _;
use domain::id::{OrderId, OrganisationId, ProductId};
use domain::occasion::Occasion;
use domain::organisation::Role;
use domain::product::{Brand, Category};
use domain::wire::{NewLine, NewOrder, NewOrders, NewPoint};
use server::data::{Data, RegionKind};
use server::database::{DatabaseUrl, connect};
use server::store::{accounts, catalogue};
use server::{clock, data, password};

use crate::http::{self, API};
use crate::load::Request;
use crate::scratch::Scratch;

/// The files an empty database is filled from.
pub const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data");

/// As many products as a city's market may come to have.
pub const PRODUCTS: usize = 10_000;

/// Longer than any bench.
const SESSION_MS: i64 = 24 * 60 * 60 * 1000;

pub struct Market {
    pub data: Data,
    /// Session tokens of the unions' officers.
    officers: Vec<String>,
    /// The session token of the city's coordinator.
    pub city: String,
}

impl Market {
    /// Fills an empty database.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn fill(scratch: &Scratch, database: &str) -> Result<Market> {
        Market::fill_with(PRODUCTS, scratch, database)
    }

    /// The same with so many products.
    ///
    /// # Errors
    /// As [`Market::fill`].
    pub fn fill_with(products: usize, scratch: &Scratch, database: &str) -> Result<Market> {
        let folder = scratch.path("data");
        write_data(&folder, products)?;
        let data = data::read(&folder)?;
        let url: DatabaseUrl = database.parse().map_err(|error: String| anyhow::anyhow!(error))?;
        let mut db = connect(&url)?;
        let hashes = vec![String::new(); data.accounts.len()];
        let mut market = Market { data, officers: Vec::new(), city: String::new() };
        db.transaction(|db| {
            catalogue::load(db, &market.data, &hashes)?;
            for account in &market.data.accounts {
                let (token, now) = (password::new_token(), clock::now());
                let hash = password::token_hash(&token);
                accounts::open_session(db, &account.id.to_string(), &hash, now, now + SESSION_MS)?;
                match account.role {
                    Role::UnionOfficer => market.officers.push(token),
                    Role::CityCoordinator => market.city = token,
                    _ => {}
                }
            }
            Ok(())
        })
        .map_err(|error: server::error::Error| anyhow::anyhow!("{error}"))?;
        Ok(market)
    }

    /// Orders of two lines, as every officer might place them; each is sent again and again under new identifiers.
    ///
    /// # Errors
    /// When the catalogue has no merchant with two goods a union may give.
    pub fn orders(&self) -> Result<Vec<Request>> {
        let pairs = self.pairs_of_gifts();
        let placeholder = server::id::new();
        let mut requests = Vec::new();
        for (index, [first, second]) in pairs.iter().enumerate() {
            let officer = &self.officers[index % self.officers.len()];
            let body = serde_json::to_string(&basket(OrderId(placeholder), [*first, *second]))?;
            let text = http::post(&format!("{API}/orders"), Some(officer), &body);
            let id_at = text.find(&placeholder.to_string());
            requests.push(Request { text, id_at });
        }
        anyhow::ensure!(!requests.is_empty(), "no merchant has two goods for an order");
        Ok(requests)
    }

    /// Two goods of one merchant each, a hundred times at most.
    fn pairs_of_gifts(&self) -> Vec<[ProductId; 2]> {
        let mut by_merchant: BTreeMap<OrganisationId, Vec<ProductId>> = BTreeMap::new();
        for product in self.data.products.iter().filter(|product| product.union_gift_ok) {
            by_merchant.entry(product.merchant).or_default().push(product.id);
        }
        let pairs = by_merchant.values().flat_map(|goods| goods.chunks_exact(2).take(8).map(|pair| [pair[0], pair[1]]));
        pairs.take(100).collect()
    }

    /// What people look for: everything, by brand, county and category, and by words.
    pub fn searches(&self) -> Vec<String> {
        let counties = self.data.regions.iter().filter(|region| matches!(region.kind, RegionKind::County(_)));
        let mut queries = vec![String::new()];
        queries.extend(Brand::ALL.iter().map(|brand| format!("brand={}", brand.code())));
        queries.extend(counties.map(|county| format!("county={}", county.id)));
        queries.extend(Category::ALL.iter().map(|category| format!("category={}", category.code())));
        queries.extend(
            Brand::ALL.iter().zip(Category::ALL).map(|(b, c)| format!("brand={}&category={}", b.code(), c.code())),
        );
        // Every thirteenth product, by the first two syllables of its name in pinyin.
        let words = self.data.products.iter().take(127).step_by(13);
        queries.extend(words.map(|product| {
            let syllables: Vec<&str> = product.pinyin.split_whitespace().take(2).collect();
            format!("q={}", syllables.concat())
        }));
        queries
            .into_iter()
            .map(|query| format!("{API}/products?limit=24&{query}").trim_end_matches('&').to_owned())
            .collect()
    }
}

fn basket(id: OrderId, goods: [ProductId; 2]) -> NewOrders {
    let point = NewPoint {
        address: "宁波市镇海区示例路1号".to_owned(),
        contact: "工会办公室".to_owned(),
        phone: "0574-87180000".to_owned(),
        recipients: 120,
    };
    let lines = goods.map(|product_id| NewLine { product_id, quantity: 120, by_point: Vec::new() }).to_vec();
    NewOrders {
        occasion: Occasion::ALL[0],
        head_count: 120,
        per_head_budget_fen: 5_000_000,
        points: vec![point],
        exception_reason: None,
        orders: vec![NewOrder { id, lines }],
        recipients: Vec::new(),
    }
}

/// A copy of `data/` whose products are repeated, each time under other names and identifiers.
fn write_data(folder: &Path, products: usize) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    for entry in std::fs::read_dir(DATA)? {
        let file = entry?.path();
        std::fs::copy(&file, folder.join(file.file_name().context("a file without a name")?))?;
    }
    let mut rows = csv::Reader::from_path(Path::new(DATA).join("products.csv"))?;
    let header = rows.headers()?.clone();
    let column =
        |name: &str| header.iter().position(|known| known == name).with_context(|| format!("no column {name}"));
    let (id, name) = (column("id")?, column("name")?);
    let rows: Vec<csv::StringRecord> = rows.records().collect::<Result<_, _>>()?;
    let mut many = csv::Writer::from_path(folder.join("products.csv"))?;
    many.write_record(&header)?;
    for (index, row) in rows.iter().cycle().take(products).enumerate() {
        let round = index / rows.len();
        many.write_record(row.iter().enumerate().map(|(column, cell)| match column {
            _ if round == 0 => cell.to_owned(),
            column if column == id => server::id::new().to_string(),
            column if column == name => format!("{cell} {round}"),
            _ => cell.to_owned(),
        }))?;
    }
    Ok(many.flush()?)
}
