//! The catalogue.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use domain::id::ProductId;
use domain::product::Sort;
use domain::wire::{Product, Products, Suggestions};
use domain::{Language, Refusal, say};
use serde::Deserialize;
use utoipa::IntoParams;

use super::App;
use super::extract::{Id, Params, Reader, comma_list, page_size};
use crate::clock;
use crate::error::Result;
use crate::search::{By, Cursor, Filter, Query, fold};
use crate::store::products::{self, Asking};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// A comma list of brands.
    brand: Option<String>,
    /// A comma list of prefectures.
    prefecture: Option<String>,
    /// A comma list of counties.
    county: Option<String>,
    /// A comma list of categories.
    category: Option<String>,
    /// A comma list of months from 1 to 12; what is on the market in any of them.
    season: Option<String>,
    /// A comma list of kinds of certificate.
    certification: Option<String>,
    /// `yes`: only what a union may give.
    gift: Option<String>,
    /// A comma list of price bands.
    price: Option<String>,
    /// Name, pinyin, initials, county or brand; words divided by spaces must all be found.
    q: Option<String>,
    /// By season when none is given, or by relevance where words are searched.
    sort: Option<String>,
    /// A comma list of products.
    ids: Option<String>,
    /// The `next` of the page before, of the same order.
    after: Option<String>,
    /// At most 100.
    limit: Option<usize>,
}

/// Longer than any name.
const LONGEST_SEARCH: usize = 100;

impl ListParams {
    fn query(self, reader: Language) -> Result<Query> {
        let (filter, sort) = (self.filter()?, self.sort()?);
        let month = clock::day(clock::now()).month();
        let mut query = Query { filter, sort, after: None, limit: page_size(self.limit), reader, month };
        query.after = self.after.as_deref().map(|after| cursor(after, query.sort())).transpose()?;
        Ok(query)
    }

    fn filter(&self) -> Result<Filter> {
        let mut filter = Filter {
            ids: comma_list("ids", self.ids.as_deref())?,
            words: words(self.q.as_deref().unwrap_or_default())?,
            ..Filter::default()
        };
        for by in By::ALL {
            filter.chosen[by as usize] = comma_list(by.parameter(), self.chosen(by))?;
        }
        Ok(filter)
    }

    fn chosen(&self, by: By) -> Option<&str> {
        let chosen = match by {
            By::Brand => &self.brand,
            By::Prefecture => &self.prefecture,
            By::County => &self.county,
            By::Category => &self.category,
            By::Season => &self.season,
            By::Certification => &self.certification,
            By::Gift => &self.gift,
            By::Price => &self.price,
        };
        chosen.as_deref()
    }

    fn sort(&self) -> Result<Option<Sort>> {
        let Some(code) = self.sort.as_deref().filter(|code| !code.is_empty()) else { return Ok(None) };
        let refusal = || {
            Refusal::field(
                "sort",
                say!("没有这种排序，请从页面上重新选", "There is no such order; choose again on the page"),
            )
        };
        Ok(Some(Sort::from_code(code).ok_or_else(refusal)?))
    }
}

/// What is typed into the search box, as words.
fn words(typed: &str) -> Result<Vec<String>> {
    if typed.chars().count() > LONGEST_SEARCH {
        let sentence = say!("搜索最多 {LONGEST_SEARCH} 字", "At most {LONGEST_SEARCH} characters of search");
        return Err(Refusal::field("q", sentence).into());
    }
    Ok(fold(typed).split_whitespace().take(8).map(str::to_owned).collect())
}

fn cursor(text: &str, sort: Sort) -> Result<Cursor> {
    let sentence = match text.parse::<Cursor>() {
        Ok(cursor) if cursor.sort == sort => return Ok(cursor),
        Ok(_) => say!(
            "这一页属于另一种排序，请从第一页看起",
            "This page belongs to another order of the list; begin at the first page"
        ),
        Err(_) => {
            say!("翻页的位置读不懂，请从第一页看起", "The place in the list cannot be read; begin at the first page")
        }
    };
    Err(Refusal::field("after", sentence).into())
}

/// One page of the catalogue, and how many products each further choice would leave.
#[utoipa::path(
    get,
    path = "/products",
    operation_id = "list_products",
    tag = "products",
    params(ListParams),
    responses((status = 200, body = Products, description = "What matches, what is in season first"))
)]
pub async fn list(
    State(app): State<App>,
    Reader(reader): Reader,
    Params(params): Params<ListParams>,
) -> Result<impl IntoResponse> {
    let query = params.query(reader)?;
    let snapshot = match query.sort() {
        Sort::Sales => app.catalogue.with_sold(&app.store, clock::day(clock::now()).year()).await?,
        _ => app.catalogue.snapshot(),
    };
    Ok(([(header::CONTENT_TYPE, "application/json")], snapshot.page(&query)?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Typed {
    /// What stands in the search box.
    q: Option<String>,
}

/// What the words typed so far may become: goods, counties, brands, categories.
#[utoipa::path(
    get,
    path = "/products/suggestions",
    operation_id = "suggest_products",
    tag = "products",
    params(Typed),
    responses((status = 200, body = Suggestions, description = "The best first, 8 at most"))
)]
pub async fn suggestions(
    State(app): State<App>,
    Reader(reader): Reader,
    Params(Typed { q }): Params<Typed>,
) -> Result<Json<Suggestions>> {
    let words = words(q.as_deref().unwrap_or_default())?;
    let month = clock::day(clock::now()).month();
    Ok(Json(Suggestions { items: app.catalogue.snapshot().suggestions(&words, reader, month)? }))
}

/// One product, with its origin and its relatives.
#[utoipa::path(
    get,
    path = "/products/{id}",
    operation_id = "see_product",
    tag = "products",
    params(("id" = ProductId, Path)),
    responses((status = 200, body = Product, description = "The product"))
)]
pub async fn one(State(app): State<App>, Reader(reader): Reader, Id(id): Id<ProductId>) -> Result<Json<Product>> {
    let today = clock::day(clock::now());
    let id = id.to_string();
    let related = app.catalogue.snapshot().related(&id, today.month())?;
    let known = app.clone();
    let product = app.store.read(move |db| {
        let asking = Asking { reader, today, almanac: &known.almanac };
        products::product(db, &id, &related, asking)
    });
    Ok(Json(product.await?))
}
