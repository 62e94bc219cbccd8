//! Every address of the market that is a page: what its window is called, what it changes about the frame around it, and
//! what it asks the server first. The server fills the frame by this table, which is seen before the app has arrived; a test of the
//! app holds it to the app's own routes.

/// What every page's window ends in: 常山胡柚 · 山海集.
pub const SITE: &str = "山海集";

/// An address, or one for each thing of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// `/products/{id}`: a part in braces stands for any.
    pub address: &'static str,
    /// What the window is called, and the page's heading, until the page itself knows better: a word of `locales/` in Chinese.
    pub title: &'static str,
    /// The class of `<body>`.
    pub body_class: &'static str,
    /// The part of the app that draws it, as `src/area.rs` calls it; none is the main part.
    pub area: Option<&'static str>,
    /// What it asks the interface first, as the app writes it: answered in the page itself, so that nobody waits for it.
    pub first: Option<&'static str>,
}

const fn page(address: &'static str, title: &'static str, body_class: &'static str) -> Page {
    Page { address, title, body_class, area: None, first: None }
}

impl Page {
    const fn of_area(self, area: &'static str) -> Page {
        Page { area: Some(area), ..self }
    }

    const fn asking(self, first: &'static str) -> Page {
        Page { first: Some(first), ..self }
    }

    /// What the part in braces stands for in `path`, where the address has one and the path is such an address.
    fn id_in<'a>(&self, path: &'a str) -> Option<Option<&'a str>> {
        let (mut ours, mut theirs) = (parts(self.address), parts(path));
        let mut id = None;
        loop {
            match (ours.next(), theirs.next()) {
                (None, None) => return Some(id),
                (Some(part), Some(given)) if part.starts_with('{') => id = Some(given),
                (Some(part), Some(given)) if part == given => {}
                _ => return None,
            }
        }
    }
}

fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty())
}

/// An address that names all others stands before one that has a part for any.
pub const PAGES: &[Page] = &[
    page("/", "首页", "p-home has-tabs").of_area("market"),
    page("/products", "山里的好货", "p-list has-tabs").asking("/products?limit=24"),
    page("/products/{id}", "产品", "p-prod").of_area("shop").asking("/products/{id}"),
    page("/counties/{id}", "产地县", "has-tabs").of_area("market").asking("/counties/{id}"),
    page("/brands/{id}", "品牌", "has-tabs").of_area("market").asking("/brands/{id}"),
    page("/seasons", "时令与节日", "has-tabs").of_area("market"),
    page("/basket", "采购篮", "p-basket has-tabs").of_area("shop"),
    page("/checkout", "下单", "p-checkout has-tabs").of_area("shop"),
    page("/helped", "买的帮了谁", "p-helped has-tabs").of_area("shop"),
    page("/sign-in", "登录", "has-tabs").of_area("shop"),
    page("/sign-up", "注册", "has-tabs").of_area("shop"),
    page("/orders/new", "新建采购单", "p-form").of_area("office"),
    page("/orders", "采购单", "has-tabs").of_area("desk"),
    page("/orders/{id}", "采购单详情", "p-order has-tabs").of_area("desk"),
    page("/orders/{id}/papers", "报销材料", "p-papers has-tabs").of_area("desk"),
    page("/orders/{id}/papers/{paper}", "报销材料", "p-papers has-tabs").of_area("desk"),
    page("/plan", "年度计划", "has-tabs").of_area("office"),
    page("/plan/{id}", "年度计划", "has-tabs").of_area("office"),
    page("/goods", "自家产品", "has-tabs").of_area("office"),
    page("/goods/{id}", "自家产品", "has-tabs").of_area("office"),
    page("/desk", "工作台", "has-tabs").of_area("desk"),
    page("/statement", "工作台", "has-tabs").of_area("desk"),
    page("/join", "申请入驻", "has-tabs").of_area("desk"),
    page("/applications", "工作台", "has-tabs").of_area("desk"),
    page("/accept/{code}", "到点验收", "p-order has-tabs").of_area("desk"),
    page("/dashboard", "消费帮扶总览", "has-tabs").of_area("office"),
    page("/reports", "线下填报", "has-tabs").of_area("office"),
    page("/reports/{id}", "线下填报", "has-tabs").of_area("office"),
    page("/behind", "谁落后，什么能帮上", "has-tabs").of_area("office"),
    page("/wall", "大屏", "p-wall").of_area("office"),
    page("/ledger", "销售台账", "p-ledger has-tabs").of_area("office"),
    page("/targets", "统筹工作", "has-tabs").of_area("office"),
    page("/closing", "统筹工作", "has-tabs").of_area("office"),
    page("/reversals", "统筹工作", "has-tabs").of_area("office"),
    page("/counting-rules", "统筹工作", "has-tabs").of_area("office"),
    page("/bulletin", "统筹工作", "has-tabs").of_area("office"),
    page("/exports", "统筹工作", "has-tabs").of_area("office"),
];

/// What is shown where there is no page.
pub const NOWHERE: Page = page("/not-found", "没有这个页面", "has-tabs");

/// What a browser keeps for when there is no network: a frame around nothing, which the app fills from what was seen before.
pub const SHELL: Page = page("/shell", SITE, "has-tabs");

/// The page at a path, and what the part in braces stands for there.
pub fn at(path: &str) -> Option<(&'static Page, Option<&str>)> {
    PAGES.iter().chain([&SHELL]).find_map(|page| Some((page, page.id_in(path)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(path: &str) -> Option<(&'static str, Option<&str>)> {
        at(path).map(|(page, id)| (page.address, id))
    }

    #[test]
    fn a_path_is_the_page_that_names_most_of_it() {
        assert_eq!(address("/products"), Some(("/products", None)));
        assert_eq!(address("/products/"), Some(("/products", None)));
        assert_eq!(address("/products/7"), Some(("/products/{id}", Some("7"))));
        assert_eq!(address("/orders/new"), Some(("/orders/new", None)));
        assert_eq!(address("/orders/7"), Some(("/orders/{id}", Some("7"))));
        for nowhere in ["/nowhere", "/products/7/8", "/orders/new/7"] {
            assert_eq!(address(nowhere), None, "{nowhere}");
        }
    }

    #[test]
    fn every_page_is_found_by_its_own_address() {
        for page in PAGES {
            assert_eq!(address(page.address).map(|(address, _)| address), Some(page.address));
        }
    }
}
