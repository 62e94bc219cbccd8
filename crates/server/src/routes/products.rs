//! The catalogue.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use domain::id::ProductId;
use domain::wire::{Product, Products};
use domain::{Code, Refusal, say};
use serde::Deserialize;
use utoipa::IntoParams;

use super::App;
use super::extract::{Id, Params, comma_list, page_size};
use crate::clock;
use crate::error::Result;
use crate::search::{Cursor, Filter, Query};
use crate::store::products;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// A comma list of brands.
    brand: Option<String>,
    /// A comma list of counties.
    county: Option<String>,
    /// A comma list of categories.
    category: Option<String>,
    /// Name, pinyin or initials; words divided by spaces must all be found.
    q: Option<String>,
    /// A comma list of products.
    ids: Option<String>,
    after: Option<String>,
    /// At most 100.
    limit: Option<usize>,
}

/// Longer than any name.
const LONGEST_SEARCH: usize = 100;

impl ListParams {
    fn filter(&self) -> Result<Filter> {
        // The bar divides the parts of the text that is searched; nobody looks for it.
        let words = self.q.as_deref().unwrap_or_default().replace('|', " ").to_lowercase();
        if words.chars().count() > LONGEST_SEARCH {
            return Err(Refusal::field(
                "q",
                say!("搜索最多 {LONGEST_SEARCH} 字", "At most {LONGEST_SEARCH} characters of search"),
            )
            .into());
        }
        Ok(Filter {
            brands: comma_list("brand", self.brand.as_deref())?,
            counties: comma_list("county", self.county.as_deref())?,
            categories: comma_list("category", self.category.as_deref())?,
            ids: comma_list("ids", self.ids.as_deref())?,
            words: words.split_whitespace().take(8).map(str::to_owned).collect(),
        })
    }

    fn cursor(&self) -> Result<Option<Cursor>> {
        let refusal = || {
            Refusal::new(
                Code::BadField,
                say!(
                    "翻页的位置读不懂，请从第一页看起",
                    "The place in the list cannot be read; begin at the first page"
                ),
            )
            .at("after")
        };
        let cursor = |text: &str| text.parse().map_err(|_| refusal().into());
        self.after.as_deref().map(cursor).transpose()
    }
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
pub async fn list(State(app): State<App>, Params(params): Params<ListParams>) -> Result<impl IntoResponse> {
    let (filter, after, limit) = (params.filter()?, params.cursor()?, page_size(params.limit));
    let month = clock::day(clock::now()).month();
    let body = app.catalogue.snapshot().page(&Query { filter, month, after, limit })?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body))
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
pub async fn one(State(app): State<App>, Id(id): Id<ProductId>) -> Result<Json<Product>> {
    let today = clock::day(clock::now());
    let id = id.to_string();
    let related = app.catalogue.snapshot().related(&id, today.month());
    Ok(Json(app.store.read(move |db| products::product(db, &id, &related, today)).await?))
}
