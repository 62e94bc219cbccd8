//! What the list of products is narrowed by. The address holds all of it, so every list can be kept, sent and gone back to.

use domain::product::{Brand, Category};
use domain::wire::Facets;

use crate::route::{Route, query};

/// What one page of the list holds.
const PAGE: &str = "24";

/// Several counties or categories mean any of them; the words must all be found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub brand: String,
    pub counties: Vec<String>,
    pub categories: Vec<String>,
    pub words: String,
}

/// One filter in force: what it is called, and the list without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    pub name: String,
    pub without: Filter,
}

impl Filter {
    /// `param` gives the value of a key of the address, or nothing.
    pub fn read<'a>(param: impl Fn(&str) -> Option<&'a str>) -> Self {
        let text = |key| param(key).unwrap_or_default().trim().to_owned();
        Self {
            brand: text("brand"),
            counties: split(&text("county")),
            categories: split(&text("category")),
            words: text("q"),
        }
    }

    pub fn address(&self) -> String {
        let (counties, categories) = (self.counties.join(","), self.categories.join(","));
        Route::Products.with(&[
            ("brand", &self.brand),
            ("county", &counties),
            ("category", &categories),
            ("q", &self.words),
        ])
    }

    /// The question to the server, for the page that follows the cursor `after`; empty for the first.
    pub fn query(&self, after: &str) -> String {
        let (counties, categories) = (self.counties.join(","), self.categories.join(","));
        query(&[
            ("brand", &self.brand),
            ("county", &counties),
            ("category", &categories),
            ("q", &self.words),
            ("after", after),
            ("limit", PAGE),
        ])
    }

    /// How many choices are made in the drawer; brand and words have their own place on the page.
    pub fn chosen(&self) -> usize {
        self.counties.len() + self.categories.len()
    }

    #[must_use]
    pub fn with_brand(&self, brand: &str) -> Self {
        Self { brand: brand.to_owned(), ..self.clone() }
    }

    #[must_use]
    pub fn toggling_county(&self, key: &str) -> Self {
        Self { counties: toggled(&self.counties, key), ..self.clone() }
    }

    #[must_use]
    pub fn toggling_category(&self, key: &str) -> Self {
        Self { categories: toggled(&self.categories, key), ..self.clone() }
    }

    /// Every filter in force, with the list without it. The names of counties come with the answer.
    pub fn conditions(&self, facets: Option<&Facets>) -> Vec<Condition> {
        let mut all = Vec::new();
        let mut push = |name: String, without| all.push(Condition { name, without });
        if !self.brand.is_empty() {
            push(brand_name(&self.brand), self.with_brand(""));
        }
        for key in &self.counties {
            push(county_name(facets, key), self.toggling_county(key));
        }
        for key in &self.categories {
            push(category_name(key), self.toggling_category(key));
        }
        if !self.words.is_empty() {
            push(format!("“{}”", self.words), Self { words: String::new(), ..self.clone() });
        }
        all
    }

    /// What the list shows: `三衢味 · 常山、开化 · 果`.
    pub fn heading(&self, facets: Option<&Facets>) -> String {
        let joined = |names: Vec<String>| names.join("、");
        let parts = [
            if self.brand.is_empty() { String::new() } else { brand_name(&self.brand) },
            joined(self.counties.iter().map(|key| county_name(facets, key)).collect()),
            joined(self.categories.iter().map(|key| category_name(key)).collect()),
            if self.words.is_empty() { String::new() } else { format!("“{}”", self.words) },
        ];
        let said: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        if said.is_empty() { "山里的好货".to_owned() } else { said.join(" · ") }
    }
}

fn split(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|key| !key.is_empty()).map(str::to_owned).collect()
}

fn toggled(keys: &[String], key: &str) -> Vec<String> {
    let mut left: Vec<String> = keys.iter().filter(|it| *it != key).cloned().collect();
    if left.len() == keys.len() {
        left.push(key.to_owned());
    }
    left
}

fn brand_name(key: &str) -> String {
    Brand::from_code(key).map_or_else(|| key.to_owned(), |brand| brand.zh().to_owned())
}

pub fn category_name(key: &str) -> String {
    Category::from_code(key).map_or_else(|| key.to_owned(), |category| category.zh().to_owned())
}

/// Until the first answer is there a county has no name; a dash keeps its place.
fn county_name(facets: Option<&Facets>, key: &str) -> String {
    let Some(facets) = facets else { return "—".to_owned() };
    facets.counties.iter().find(|county| county.key == key).map_or(key, |county| &county.name).to_owned()
}

#[cfg(test)]
mod tests {
    use domain::region::Prefecture;
    use domain::wire::CountyFacet;

    use super::*;

    fn filter(address: &str) -> Filter {
        let pairs: Vec<(&str, &str)> = address.split('&').filter_map(|pair| pair.split_once('=')).collect();
        Filter::read(|key| pairs.iter().find(|pair| pair.0 == key).map(|pair| pair.1))
    }

    fn facets() -> Facets {
        let county = |key: &str, name: &str| CountyFacet {
            key: key.to_owned(),
            name: name.to_owned(),
            prefecture: Prefecture::Quzhou,
            count: 8,
        };
        Facets { counties: vec![county("changshan", "常山"), county("kaihua", "开化")], ..Facets::default() }
    }

    #[test]
    fn the_address_holds_every_choice() {
        let read = filter("brand=sanqu_wei&county=changshan, kaihua&category=fruit&q= 柚 ");
        assert_eq!(read.address(), "/products?brand=sanqu_wei&county=changshan,kaihua&category=fruit&q=%E6%9F%9A");
        assert_eq!(read.heading(Some(&facets())), "三衢味 · 常山、开化 · 果 · “柚”");
        assert_eq!(filter("").heading(None), "山里的好货");
        assert_eq!(filter("county=,&q= "), Filter::default());
    }

    #[test]
    fn each_condition_can_be_taken_away_alone() {
        let conditions = filter("brand=sanqu_wei&county=changshan,kaihua&q=柚").conditions(Some(&facets()));
        let names: Vec<&str> = conditions.iter().map(|condition| condition.name.as_str()).collect();
        assert_eq!(names, ["三衢味", "常山", "开化", "“柚”"]);
        assert_eq!(conditions[1].without.address(), "/products?brand=sanqu_wei&county=kaihua&q=%E6%9F%9A");
    }

    #[test]
    fn what_nobody_knows_is_shown_as_it_stands() {
        assert_eq!(filter("brand=x&county=nowhere&category=y").heading(Some(&facets())), "x · nowhere · y");
    }

    #[test]
    fn choosing_twice_is_not_choosing() {
        let twice = Filter::default().toggling_county("kaihua").toggling_county("kaihua");
        assert_eq!(twice, Filter::default());
        assert_eq!(Filter::default().toggling_category("tea").query("a~b"), "?category=tea&after=a~b&limit=24");
    }
}
