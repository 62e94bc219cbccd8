//! The pages as they are sent, before any app: what a slow phone, a chat's preview and a search engine see.

use domain::order_life::State;
use domain::wire::{Product, Products};
use reqwest::Method;
use reqwest::header::{ACCEPT_ENCODING, ACCEPT_LANGUAGE, COOKIE, IF_NONE_MATCH};

use crate::site::{Answer, Site, product};

async fn page(site: &Site, path: &str) -> Answer {
    Answer::to(site.visitor().request_anywhere(Method::GET, path)).await
}

/// What stands between two texts.
#[track_caller]
fn between<'a>(html: &'a str, from: &str, to: &str) -> &'a str {
    let (_, rest) = html.split_once(from).unwrap_or_else(|| panic!("no {from} in {html}"));
    rest.split_once(to).unwrap_or_else(|| panic!("no {to} after {from}")).0
}

/// What the page has answered of its own first question.
fn first(html: &str) -> (&str, &str) {
    let rest = between(html, "<script type=\"application/json\" id=\"first\" data-of=\"", "</script>");
    rest.split_once("\">").expect("the end of the tag")
}

#[tokio::test]
async fn the_list_is_in_the_page() {
    let site = Site::open().await;
    let html = page(&site, "/products").await.text();
    assert_eq!(between(&html, "<html lang=\"", "\""), "zh-CN");
    assert_eq!(between(&html, "<title>", "</title>"), "山里的好货 · 山海集");
    assert_eq!(between(&html, "<body class=\"", "\""), "p-list has-tabs");
    let (question, answer) = first(&html);
    assert_eq!(question, "/products?limit=24");
    let products: Products = serde_json::from_str(answer).expect("a list");
    let asked: Products = site.visitor().get(question).await.json();
    assert_eq!(products, asked, "the app would have been answered the same");
    let shelf = between(&html, "<ul class=\"shelf\"", "</ul>");
    let seen = &products.items[0];
    assert!(shelf.contains(&format!("<a href=\"/products/{}\">", seen.id)) && shelf.contains(&seen.name), "{shelf}");
    assert_eq!(shelf.matches("<li class=\"card\"").count(), 8);
}

#[tokio::test]
async fn a_narrowed_list_is_left_to_the_app() {
    let site = Site::open().await;
    let answer = page(&site, "/products?q=%3C/script%3E").await;
    assert_eq!(answer.status, 200);
    let html = answer.text();
    assert!(!html.contains("id=\"first\"") && html.contains("<h1>山里的好货</h1>"), "{html}");
}

#[tokio::test]
async fn a_product_is_named_and_described_for_whoever_is_sent_its_address() {
    let site = Site::open().await;
    let path = format!("/products/{}", product("庆元花菇").id);
    let html = page(&site, &path).await.text();
    let (question, answer) = first(&html);
    assert_eq!(question, path);
    let shown: Product = serde_json::from_str(answer).expect("a product");
    assert_eq!(between(&html, "<title>", "</title>"), "庆元花菇 · 山海集");
    assert_eq!(between(&html, "<h1>", "</h1>"), "庆元花菇");
    assert_eq!(between(&html, "<body class=\"", "\""), "p-prod");
    assert_eq!(between(&html, "<meta name=\"description\" content=\"", "\""), shown.description);
    assert_eq!(between(&html, "<meta property=\"og:title\" content=\"", "\""), "庆元花菇 · 山海集");
    assert_eq!(between(&html, "<meta property=\"og:type\" content=\"", "\""), "product");
}

#[tokio::test]
async fn what_is_not_there_is_answered_as_such() {
    let site = Site::open().await;
    for (path, heading) in [
        ("/products/0192f0c0-0000-7000-8000-000000000000", "没有这个产品"),
        ("/products/%3Cscript%3E", "没有这个产品"),
        ("/nowhere", "没有这个页面"),
    ] {
        let answer = page(&site, path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(between(&answer.text(), "<h1>", "</h1>"), heading, "{path}");
        assert!(answer.header("content-security-policy").is_some(), "{path}");
    }
    let withdrawn = format!("update products set status = 'withdrawn' where product_id = '{}'", product("庆元花菇").id);
    assert_eq!(site.home().run(&withdrawn), 1);
    assert_eq!(page(&site, &format!("/products/{}", product("庆元花菇").id)).await.status, 404);
}

#[tokio::test]
async fn the_page_is_in_the_readers_language() {
    let site = Site::open().await;
    let path = format!("/products/{}", product("庆元花菇").id);
    let ask = |accepted: &'static str, cookie: &'static str| {
        let request = site.visitor().request_anywhere(Method::GET, &path);
        Answer::to(request.header(ACCEPT_LANGUAGE, accepted).header(COOKIE, cookie))
    };
    let lang = |answer: &Answer| between(&answer.text(), "<html lang=\"", "\"").to_owned();
    let english = ask("en-GB,zh;q=0.8", "").await;
    assert_eq!(lang(&english), "en");
    assert!(english.text().contains(">Skip to the page</a>") && english.text().contains("/market.en.webmanifest"));
    assert!(english.header("vary").is_some_and(|vary| vary.contains("accept-language") && vary.contains("cookie")));
    let name =
        first(&english.text()).1.split("\"name_en\":\"").nth(1).expect("a name").split('"').next().map(str::to_owned);
    assert_eq!(Some(between(&english.text(), "<h1>", "</h1>").to_owned()), name);
    assert_eq!(
        lang(&ask("en", "shanhai_language=zh-CN").await),
        "zh-CN",
        "what was chosen stands above the browser's own"
    );
    assert_eq!(lang(&ask("fr", "").await), "zh-CN");
}

#[tokio::test]
async fn a_page_is_sent_again_only_when_it_has_changed() {
    let site = Site::open().await;
    let ask = |known: String| {
        let request = site.visitor().request_anywhere(Method::GET, "/products");
        Answer::to(request.header(IF_NONE_MATCH, known).header(ACCEPT_ENCODING, "br"))
    };
    let fresh = ask(String::new()).await;
    assert_eq!(
        (fresh.status, fresh.header("cache-control"), fresh.header("content-encoding")),
        (200, Some("no-cache"), Some("br"))
    );
    let tag = fresh.header("etag").expect("a tag").to_owned();
    let again = ask(tag.clone()).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(page(&site, "/products").await.header("content-encoding"), None, "for whoever cannot unpack it");
    site.order_in(State::Confirmed, "zhenhai", &[("庆元花菇", 100)]).await;
    let changed = ask(tag).await;
    assert_eq!(changed.status, 200, "less of it is left");
}

#[tokio::test]
async fn a_name_cannot_become_markup() {
    let site = Site::open().await;
    let id = product("庆元花菇").id;
    let renamed = format!(
        "update products set name = '</script><b>\"&', description = '</title>', revision = revision + 1 where product_id = '{id}'"
    );
    assert_eq!(site.home().run(&renamed), 1);
    let html = page(&site, &format!("/products/{id}")).await.text();
    assert!(!html.contains("<b>\"") && !html.contains("</script><b>"), "{html}");
    assert_eq!(between(&html, "<h1>", "</h1>"), "&lt;/script&gt;&lt;b&gt;&quot;&amp;");
    let shown: Product = serde_json::from_str(first(&html).1).expect("a product");
    assert_eq!(shown.card.name, "</script><b>\"&");
}
