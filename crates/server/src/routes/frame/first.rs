//! What is seen of a page before the app draws it: its title, its description, and the first of what it shows.

use domain::Language;
use domain::page::{NOWHERE, Page};
use domain::photo::{WIDTHS, address};
use domain::wire::{BrandSales, County, Product, ProductCard, Products};

use super::words::word;

/// As many cards as are seen before anybody scrolls.
const CARDS: usize = 8;
const BONES: &str = "<div class=\"bones\">\
    <span class=\"bone line\" aria-hidden=\"true\"></span><span class=\"bone line\" aria-hidden=\"true\"></span>\
    <span class=\"bone line\" aria-hidden=\"true\"></span><span class=\"bone line\" aria-hidden=\"true\"></span></div>";
const BONE_CARD: &str = "<li class=\"card\" aria-hidden=\"true\"><span class=\"bone pic\"></span>\
    <span class=\"bone line\"></span><span class=\"bone line short\"></span></li>";

/// Texts as they are, markup as it is sent.
pub struct First {
    pub title: String,
    /// None is the market's own.
    pub description: Option<String>,
    pub main: String,
    kind: &'static str,
}

impl First {
    /// A page whose first answer is not known.
    pub fn blank(page: &Page, reader: Language, missing: bool) -> First {
        let title = word(reader, if missing { nothing_at(page) } else { page.title });
        let main = match page.address {
            "/products" => shelf(title, &BONE_CARD.repeat(CARDS)),
            _ if missing || *page == NOWHERE => heading(title),
            _ => heading(title) + BONES,
        };
        First { title: title.to_owned(), description: None, main, kind: "website" }
    }

    /// What was answered, or a blank page where that is nothing to be shown here.
    pub fn read(page: &Page, reader: Language, answer: &[u8]) -> First {
        let shown = match page.address {
            "/products" => serde_json::from_slice(answer).ok().map(|products| list(page, reader, &products)),
            "/products/{id}" => serde_json::from_slice(answer).ok().map(|product| one(reader, &product)),
            "/counties/{id}" => serde_json::from_slice(answer).ok().map(|county| county_named(reader, &county)),
            "/brands/{id}" => serde_json::from_slice(answer).ok().map(|sales| brand_named(reader, &sales)),
            _ => None,
        };
        shown.unwrap_or_else(|| First::blank(page, reader, false))
    }

    /// What a chat shows of an address that is sent to it.
    pub fn head(&self, title: &str, site: &str) -> String {
        let property =
            |name: &str, content: &str| format!("<meta property=\"og:{name}\" content=\"{}\" />", escaped(content));
        let description = self.description.as_ref().map(|text| property("description", text)).unwrap_or_default();
        property("type", self.kind) + &property("site_name", site) + &property("title", title) + &description
    }
}

/// What the heading says where an address leads to a thing that is not there.
fn nothing_at(page: &Page) -> &'static str {
    match page.address {
        "/counties/{id}" => "没有这个县",
        "/brands/{id}" => "没有这个品牌",
        _ => "没有这个产品",
    }
}

/// A place whose own page follows: its name is what is seen of it first.
fn place(name: String) -> First {
    let main = heading(&name) + BONES;
    First { title: name, description: None, main, kind: "website" }
}

fn county_named(reader: Language, county: &County) -> First {
    place(match reader {
        Language::Zh => county.name.clone(),
        Language::En => county.name_en.clone(),
    })
}

fn brand_named(reader: Language, sales: &BrandSales) -> First {
    place(sales.brand.word(reader).to_owned())
}

fn list(page: &Page, reader: Language, products: &Products) -> First {
    let title = word(reader, page.title);
    let cards: String = products.items.iter().take(CARDS).map(|product| card(reader, product)).collect();
    First { title: title.to_owned(), description: None, main: shelf(title, &cards), kind: "website" }
}

/// A box of its height stands for the bar with the filters, so that nothing moves when the app puts it there.
fn shelf(title: &str, cards: &str) -> String {
    format!(
        "<div class=\"l-head\"><div>{}</div></div>\
         <div class=\"tools\" aria-hidden=\"true\"><span class=\"btn bone\"></span></div>\
         <div class=\"l-body\"><div class=\"facets\"></div>\
         <div class=\"res\"><ul class=\"shelf\" role=\"list\">{cards}</ul></div></div>",
        heading(title)
    )
}

/// As `components/card.rs` draws it, without what only the app can draw.
fn card(reader: Language, product: &ProductCard) -> String {
    let brand = product.brand.map(|brand| format!("<b>{}</b> · ", brand.word(reader))).unwrap_or_default();
    let tag = product.certification_kind.map(|kind| format!("<span class=\"tag\">{}</span>", kind.word(reader)));
    format!(
        "<li class=\"card\"><a href=\"/products/{id}\">{picture}\
         <span class=\"c-name\">{name}</span></a><span class=\"c-from\">{brand}{county} <span class=\"num\">{spec}</span></span>\
         <span class=\"c-tags\">{tag}</span><span class=\"c-price\"><b class=\"num\">¥{price}</b>/{unit}</span></li>",
        id = product.id,
        picture = picture(product, "label photo", "(max-width: 40rem) 11rem, (max-width: 60rem) 30vw, 16rem"),
        name = escaped(&product.name),
        county = escaped(&product.county_short),
        spec = escaped(&product.spec),
        tag = tag.unwrap_or_default(),
        price = product.ladder.list_price().yuan_short(),
        unit = escaped(&product.unit),
    )
}

fn one(reader: Language, product: &Product) -> First {
    let card = &product.card;
    let name = match reader {
        Language::En if !product.name_en.is_empty() => &product.name_en,
        _ => &card.name,
    };
    let main = format!(
        "<article class=\"pd\"><div class=\"pd-pic\">{picture}</div><div class=\"pd-main\">\
         <p class=\"pd-from\">{prefecture}{county}</p>{heading}<p class=\"lead-t\">{description}</p>\
         <p class=\"price\"><b class=\"num\">¥{price}</b> / {unit}</p></div></article>",
        picture = picture(card, "photo large", "(max-width: 40rem) 92vw, (max-width: 60rem) 40vw, 27rem"),
        prefecture = card.prefecture.word(reader),
        county = escaped(&card.county_short),
        heading = heading(name),
        description = escaped(&product.description),
        price = card.ladder.list_price().yuan_short(),
        unit = escaped(&card.unit),
    );
    let description = Some(product.description.clone()).filter(|text| !text.is_empty());
    First { title: name.clone(), description, main, kind: "product" }
}

/// The first photo, in the app's own words (`components/photo.rs`), so that the browser chooses the same file for both; or the place
/// of the label, which only the app can draw.
fn picture(product: &ProductCard, class: &str, sizes: &str) -> String {
    let Some(hash) = &product.photo else { return "<span class=\"bone pic\"></span>".to_owned() };
    let all = WIDTHS.map(|width| format!("{} {width}w", address(hash, width))).join(", ");
    format!(
        "<img class=\"{class}\" src=\"{}\" srcset=\"{all}\" sizes=\"{sizes}\" width=\"320\" height=\"320\" alt=\"\" />",
        address(hash, WIDTHS[0])
    )
}

fn heading(title: &str) -> String {
    format!("<h1>{}</h1>", escaped(title))
}

/// The answer for the app, and the question it is an answer to. It is no script: a browser keeps it as text.
pub fn as_data(question: &str, json: &[u8]) -> String {
    // In JSON this sign stands in texts only, where it may be written so; in a page it could end the element.
    let json = String::from_utf8_lossy(json).replace('<', "\\u003c");
    format!("<script type=\"application/json\" id=\"first\" data-of=\"{}\">{json}</script>", escaped(question))
}

/// For words from elsewhere: the names of products come from merchants and go into markup.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_cannot_end_its_element() {
        let data = as_data("/products?a=\"b\"", br#"{"name":"</script><b>"}"#);
        assert_eq!(
            data,
            r#"<script type="application/json" id="first" data-of="/products?a=&quot;b&quot;">{"name":"\u003c/script>\u003cb>"}</script>"#
        );
    }
}
