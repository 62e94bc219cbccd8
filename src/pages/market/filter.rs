//! What the list of products is narrowed by. The address holds all of it, so every list can be kept, sent and gone back to.

use domain::product::{Brand, Category, CertificationKind, PriceBand};
use domain::region::Prefecture;

use super::shelf::CountyName;
use crate::format;
use crate::language::{language, t};
use crate::route::{Route, query};

/// What one page of the list holds.
pub const PAGE: usize = 24;

/// What one can choose by. The keys are those of the address and of the question to the server alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Brand,
    Prefecture,
    County,
    Category,
    Season,
    Certification,
    Gift,
    Price,
}

impl Of {
    const ALL: [Of; 8] =
        [Of::Brand, Of::Prefecture, Of::County, Of::Category, Of::Season, Of::Certification, Of::Gift, Of::Price];

    fn key(self) -> &'static str {
        match self {
            Of::Brand => "brand",
            Of::Prefecture => "prefecture",
            Of::County => "county",
            Of::Category => "category",
            Of::Season => "season",
            Of::Certification => "certification",
            Of::Gift => "gift",
            Of::Price => "price",
        }
    }
}

/// Several choices of one kind mean any of them; all kinds must hold, and the words must all be found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    chosen: [Vec<String>; Of::ALL.len()],
    pub sort: String,
    pub words: String,
    /// `table`, or empty for pictures; the server need not know.
    pub view: String,
}

/// One filter in force: what it is called, and the list without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    pub name: String,
    pub without: Filter,
}

impl Filter {
    /// `param` gives the value of a key of the address, or nothing.
    pub fn read(param: impl Fn(&str) -> Option<String>) -> Self {
        let text = |key| param(key).unwrap_or_default().trim().to_owned();
        Self {
            chosen: Of::ALL.map(|of| split(&text(of.key()))),
            sort: text("sort"),
            words: text("q"),
            view: text("view"),
        }
    }

    /// The list with one choice only: `Filter::only(Of::County, "kaihua")`.
    pub fn only(of: Of, key: &str) -> Self {
        Self::default().toggling(of, key)
    }

    pub fn address(&self) -> String {
        self.written(&[("view", &self.view)], |pairs| Route::Products.with(pairs))
    }

    /// The question to the server, for the page that follows the cursor `after`; empty for the first.
    pub fn query(&self, after: &str) -> String {
        let page = PAGE.to_string();
        self.written(&[("after", after), ("limit", &page)], query)
    }

    fn written(&self, more: &[(&str, &str)], write: fn(&[(&str, &str)]) -> String) -> String {
        let values = Of::ALL.map(|of| self.of(of).join(","));
        let mut pairs: Vec<(&str, &str)> =
            Of::ALL.iter().zip(&values).map(|(of, it)| (of.key(), it.as_str())).collect();
        pairs.extend([("q", self.words.as_str()), ("sort", self.sort.as_str())]);
        pairs.extend(more);
        write(&pairs)
    }

    pub fn of(&self, of: Of) -> &[String] {
        &self.chosen[of as usize]
    }

    /// How many choices are made; the words have their own place on the page.
    pub fn count(&self) -> usize {
        self.chosen.iter().map(Vec::len).sum()
    }

    #[must_use]
    pub fn toggling(&self, of: Of, key: &str) -> Self {
        let mut other = self.clone();
        let keys = &mut other.chosen[of as usize];
        match keys.iter().position(|it| it == key) {
            Some(at) => drop(keys.remove(at)),
            None => keys.push(key.to_owned()),
        }
        other
    }

    #[must_use]
    pub fn with_words(&self, words: &str) -> Self {
        Self { words: words.trim().to_owned(), ..self.clone() }
    }

    #[must_use]
    pub fn with_sort(&self, sort: &str) -> Self {
        Self { sort: sort.to_owned(), ..self.clone() }
    }

    #[must_use]
    pub fn with_view(&self, view: &str) -> Self {
        Self { view: view.to_owned(), ..self.clone() }
    }

    /// The same words and order, and nothing chosen.
    #[must_use]
    pub fn without_choices(&self) -> Self {
        Self { chosen: Default::default(), ..self.clone() }
    }

    /// Every choice in force, with the list without it. Most names come with the answer.
    pub fn choices(&self, counties: Option<&[CountyName]>) -> Vec<Condition> {
        let mut all = Vec::new();
        for of in Of::ALL {
            let of_kind = self.of(of).iter();
            all.extend(of_kind.map(|key| Condition { name: name(counties, of, key), without: self.toggling(of, key) }));
        }
        all
    }

    /// The same, and the words that are searched for.
    pub fn conditions(&self, counties: Option<&[CountyName]>) -> Vec<Condition> {
        let mut all = self.choices(counties);
        if !self.words.is_empty() {
            all.push(Condition { name: t!(market.quoted, words = self.words), without: self.with_words("") });
        }
        all
    }

    /// What the list shows: `三衢味 · 常山、开化 · 果`.
    pub fn heading(&self, counties: Option<&[CountyName]>) -> String {
        let mut parts: Vec<String> = Vec::new();
        for of in Of::ALL.into_iter().filter(|of| !self.of(*of).is_empty()) {
            let names: Vec<String> = self.of(of).iter().map(|key| name(counties, of, key)).collect();
            parts.push(names.join(t!(market.comma)));
        }
        if !self.words.is_empty() {
            parts.push(t!(market.quoted, words = self.words));
        }
        if parts.is_empty() { t!(market.title).to_owned() } else { parts.join(" · ") }
    }
}

fn split(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|key| !key.is_empty()).map(str::to_owned).collect()
}

/// What a choice is called. What nobody knows is shown as it stands.
pub fn name(counties: Option<&[CountyName]>, of: Of, key: &str) -> String {
    let reader = language();
    let word = match of {
        Of::Brand => Brand::from_code(key).map(|it| it.word(reader)),
        Of::Prefecture => Prefecture::from_code(key).map(|it| it.word(reader)),
        Of::County => return county_name(counties, key),
        Of::Category => Category::from_code(key).map(|it| it.word(reader)),
        Of::Season => key.parse().map(format::month_name).ok().filter(|name| !name.is_empty()),
        Of::Certification => CertificationKind::from_code(key).map(|it| it.word(reader)),
        Of::Gift => Some(t!(market.gift)),
        Of::Price => PriceBand::from_code(key).map(|it| it.word(reader)),
    };
    word.unwrap_or(key).to_owned()
}

/// Until the first answer is there a county has no name; a dash keeps its place.
fn county_name(counties: Option<&[CountyName]>, key: &str) -> String {
    let Some(counties) = counties else { return "—".to_owned() };
    counties.iter().find(|county| county.key == key).map_or(key, |county| &county.name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::param;

    fn filter(address: &str) -> Filter {
        Filter::read(|key| param(address, key))
    }

    fn counties() -> [CountyName; 2] {
        [("changshan", "常山"), ("kaihua", "开化")]
            .map(|(key, name)| CountyName { key: key.to_owned(), name: name.to_owned() })
    }

    #[test]
    fn the_address_holds_every_choice() {
        let read =
            filter("brand=sanqu_wei&county=changshan, kaihua&category=fruit&season=11&gift=yes&sort=price_up&q= 柚 ");
        let address = "/products?brand=sanqu_wei&county=changshan,kaihua&category=fruit&season=11&gift=yes&q=%E6%9F%9A&sort=price_up";
        assert_eq!(read.address(), address);
        assert_eq!(filter(address.split_once('?').expect("a query").1), read);
        assert_eq!(read.heading(Some(&counties())), "三衢味 · 常山、开化 · 果 · 十一月 · 可作工会慰问品 · “柚”");
        assert_eq!(filter("").heading(None), "山里的好货");
        assert_eq!(filter("county=,&q= "), Filter::default());
    }

    #[test]
    fn each_condition_can_be_taken_away_alone() {
        let conditions = filter("brand=sanqu_wei&county=changshan,kaihua&q=柚").conditions(Some(&counties()));
        let names: Vec<&str> = conditions.iter().map(|condition| condition.name.as_str()).collect();
        assert_eq!(names, ["三衢味", "常山", "开化", "“柚”"]);
        assert_eq!(conditions[1].without.address(), "/products?brand=sanqu_wei&county=kaihua&q=%E6%9F%9A");
    }

    #[test]
    fn the_server_answers_in_the_page_what_the_list_asks_first() {
        let list = domain::page::at("/products").expect("a page").0;
        assert_eq!(Some(format!("/products{}", Filter::default().query("")).as_str()), list.first);
    }

    #[test]
    fn what_nobody_knows_is_shown_as_it_stands() {
        let unknown = filter("brand=x&county=nowhere&category=y&season=13&price=z");
        assert_eq!(unknown.heading(Some(&counties())), "x · nowhere · y · 13 · z");
    }

    #[test]
    fn choosing_twice_is_not_choosing() {
        let twice = Filter::only(Of::County, "kaihua").toggling(Of::County, "kaihua");
        assert_eq!(twice, Filter::default());
        assert_eq!(Filter::only(Of::Category, "tea").query("a~b"), "?category=tea&after=a~b&limit=24");
    }

    #[test]
    fn choices_are_given_up_and_words_are_kept() {
        let narrow = filter("county=kaihua&price=to_50&q=茶&sort=newest");
        assert_eq!(narrow.count(), 2);
        assert_eq!(narrow.without_choices().address(), "/products?q=%E8%8C%B6&sort=newest");
    }
}
