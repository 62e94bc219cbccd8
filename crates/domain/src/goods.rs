//! What a merchant writes of its goods, where a product stands between draft and withdrawn, and the licences for brands.
//!
//! The form, the spreadsheet and the server read the same fields by the same functions: [`read`] from what was typed, [`Goods::parse`]
//! from what travels.

use jiff::civil::Date;

use crate::code::coded;
use crate::product::{Brand, Category, CertificationKind, LadderError, PriceBreak, PriceLadder, SeasonMonths};
use crate::quantity::QuantityError;
use crate::sheet::tidy;
use crate::{Code, Language, Money, Quantity, Refusal, Say, say, wire};

// ---- the life of a product ----------------------------------------------------------------------------------------

coded! {
    /// Where a product stands. Only what is on sale can be found and ordered.
    pub enum Status {
        Draft = "draft" "草稿" "Draft",
        OnSale = "on_sale" "在售" "On sale",
        Withdrawn = "withdrawn" "已下架" "Withdrawn",
    }
}

coded! {
    /// What its merchant can do about that.
    pub enum Step {
        Offer = "offer" "上架" "Put on sale",
        Withdraw = "withdraw" "下架" "Withdraw",
    }
}

impl Status {
    /// The whole law. Orders that are placed keep their lines whatever becomes of the product.
    ///
    /// # Errors
    /// [`Code::OutOfTurn`].
    pub fn after(self, step: Step) -> Result<Status, Refusal> {
        match (self, step) {
            (Status::Draft | Status::Withdrawn, Step::Offer) => Ok(Status::OnSale),
            (Status::OnSale, Step::Withdraw) => Ok(Status::Withdrawn),
            (Status::OnSale, Step::Offer) => {
                Err(Refusal::new(Code::OutOfTurn, say!("这个产品已经在售", "This product is on sale already")))
            }
            (Status::Draft | Status::Withdrawn, Step::Withdraw) => {
                Err(Refusal::new(Code::OutOfTurn, say!("这个产品不在售", "This product is not on sale")))
            }
        }
    }

    /// The step that is possible.
    pub fn next(self) -> Step {
        if self == Status::OnSale { Step::Withdraw } else { Step::Offer }
    }
}

// ---- fields -------------------------------------------------------------------------------------------------------

coded! {
    /// Each field of the form, which is a column of the spreadsheet too. The codes are those of [`wire::GoodsForm`], steps of
    /// the price ladder aside.
    pub enum Field {
        Name = "name" "名称" "Name",
        NameEn = "name_en" "英文名" "English name",
        County = "county" "产地" "County of origin",
        Category = "category" "分类" "Category",
        Brand = "brand" "区域品牌" "Brand",
        Spec = "spec" "规格" "Spec",
        Unit = "unit" "单位" "Unit",
        Price = "price" "单价" "Unit price",
        From2 = "from_2" "第二档起订数" "Step 2 from",
        Price2 = "price_2" "第二档单价" "Step 2 price",
        From3 = "from_3" "第三档起订数" "Step 3 from",
        Price3 = "price_3" "第三档单价" "Step 3 price",
        From4 = "from_4" "第四档起订数" "Step 4 from",
        Price4 = "price_4" "第四档单价" "Step 4 price",
        MinimumOrder = "minimum_order" "起订量" "Minimum order",
        Available = "available" "可供量" "Available",
        Season = "season_months" "上市月份" "Season",
        ShelfLife = "shelf_life_days" "保质期（天）" "Shelf life in days",
        ColdChain = "cold_chain" "冷链" "Cold chain",
        CertificationKind = "certification_kind" "认证种类" "Kind of certificate",
        Certification = "certification" "证书名称" "Certificate",
        CertificationNumber = "certification_number" "证书编号" "Certificate number",
        UnionGift = "union_gift_ok" "可作工会慰问品" "Suitable as a union gift",
        Batch = "batch" "现货批号" "Batch on hand",
        BestBefore = "best_before" "现货保质期至" "Best before",
        Description = "description" "介绍" "Description",
        DescriptionEn = "description_en" "英文介绍" "English description",
    }
}

/// The steps of the ladder above the first: from how many, and at which price.
pub const STEPS: [(Field, Field); 3] =
    [(Field::From2, Field::Price2), (Field::From3, Field::Price3), (Field::From4, Field::Price4)];

impl Field {
    /// How many characters it may have, where it is free text.
    fn longest(self) -> usize {
        match self {
            Field::Name | Field::Spec | Field::Batch => 40,
            Field::NameEn | Field::CertificationNumber => 80,
            Field::Unit => 8,
            Field::Certification => 60,
            _ => 1_000,
        }
    }

    /// Whether a product cannot be without it.
    pub fn is_needed(self) -> bool {
        matches!(
            self,
            Field::Name
                | Field::County
                | Field::Category
                | Field::Spec
                | Field::Unit
                | Field::Price
                | Field::MinimumOrder
                | Field::Available
                | Field::Season
                | Field::Description
        )
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    pub field: Field,
    pub sentence: Say,
}

impl FieldError {
    /// As the server answers it: a path into the body.
    pub fn refusal(self) -> Refusal {
        Refusal::field(format!("goods.{}", self.field.code()), self.sentence)
    }
}

/// A county goods may be of, and what people call it; the first name is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct County {
    pub id: String,
    pub names: Vec<String>,
}

/// What was typed into each field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts(Vec<String>);

impl Default for Texts {
    fn default() -> Texts {
        Texts(vec![String::new(); Field::ALL.len()])
    }
}

impl Texts {
    pub fn get(&self, field: Field) -> &str {
        self.0.get(field as usize).map_or("", String::as_str)
    }

    pub fn set(&mut self, field: Field, text: impl Into<String>) {
        if let Some(place) = self.0.get_mut(field as usize) {
            *place = text.into();
        }
    }
}

/// The fields as a form or a spreadsheet shows them.
pub fn texts(form: &wire::GoodsForm, counties: &[County], reader: Language) -> Texts {
    let mut texts = Texts::default();
    let yes_or_no = |is: bool| if is { say!("是", "yes") } else { say!("否", "no") }.to(reader).to_owned();
    let county = counties.iter().find(|county| county.id == form.county).and_then(|county| county.names.first());
    let mut set = |field, text: String| texts.set(field, text);
    set(Field::Name, form.name.clone());
    set(Field::NameEn, form.name_en.clone());
    set(Field::County, county.unwrap_or(&form.county).clone());
    set(Field::Category, form.category.word(reader).to_owned());
    set(Field::Brand, form.brand.map_or("", |brand| brand.word(reader)).to_owned());
    set(Field::Spec, form.spec.clone());
    set(Field::Unit, form.unit.clone());
    set(Field::Price, form.ladder.first().map_or_else(String::new, |step| plain_yuan(step.unit_price_fen)));
    for ((from, price), step) in STEPS.iter().zip(form.ladder.iter().skip(1)) {
        set(*from, step.from_quantity.get().to_string());
        set(*price, plain_yuan(step.unit_price_fen));
    }
    set(Field::MinimumOrder, form.minimum_order.to_string());
    set(Field::Available, form.available.to_string());
    set(Field::Season, form.season_months.ranges());
    set(Field::ShelfLife, form.shelf_life_days.map_or_else(String::new, |days| days.to_string()));
    set(Field::ColdChain, yes_or_no(form.cold_chain));
    set(Field::CertificationKind, form.certification_kind.map_or("", |kind| kind.word(reader)).to_owned());
    set(Field::Certification, form.certification.clone().unwrap_or_default());
    set(Field::CertificationNumber, form.certification_number.clone().unwrap_or_default());
    set(Field::UnionGift, yes_or_no(form.union_gift_ok));
    set(Field::Batch, form.batch.clone().unwrap_or_default());
    set(Field::BestBefore, form.best_before.clone().unwrap_or_default());
    set(Field::Description, form.description.clone());
    set(Field::DescriptionEn, form.description_en.clone());
    texts
}

/// Without thousands separated, as it is typed: `1234.50`.
fn plain_yuan(amount: Money) -> String {
    amount.yuan().replace(',', "")
}

/// Reads what was typed. Both languages and the codes are understood, whoever reads.
///
/// # Errors
/// Every wrong field at once.
pub fn read(texts: &Texts, counties: &[County]) -> Result<wire::GoodsForm, Vec<FieldError>> {
    let mut wrong = Vec::new();
    let text = |field: Field| tidy(texts.get(field));
    let mut fail = |field, sentence| wrong.push(FieldError { field, sentence });
    let mut count = |field: Field, optional: bool| match text(field) {
        typed if optional && typed.is_empty() => None,
        typed => Quantity::parse(&typed).map_err(|error| fail(field, error.say())).ok(),
    };
    let (minimum, available) = (count(Field::MinimumOrder, false), count(Field::Available, false));
    let shelf_life = count(Field::ShelfLife, true);
    let froms = STEPS.map(|(from, _)| count(from, true));
    let mut price = |field: Field, optional: bool| match text(field) {
        typed if optional && typed.is_empty() => None,
        typed => Money::parse(&typed).map_err(|error| fail(field, error.say())).ok(),
    };
    let first = price(Field::Price, false);
    let prices = STEPS.map(|(_, of)| price(of, true));
    let mut ladder: Vec<PriceBreak> =
        first.map(|unit_price_fen| PriceBreak { from_quantity: Quantity::ONE, unit_price_fen }).into_iter().collect();
    for ((from, price), (quantity, amount)) in STEPS.into_iter().zip(froms.into_iter().zip(prices)) {
        match (quantity, amount) {
            (Some(from_quantity), Some(unit_price_fen)) => ladder.push(PriceBreak { from_quantity, unit_price_fen }),
            (Some(_), None) if text(price).is_empty() => {
                fail(price, say!("写上这一档的单价", "Enter the price of this step"));
            }
            (None, Some(_)) if text(from).is_empty() => {
                fail(from, say!("写上这一档从几件起", "Enter from how many this step is"));
            }
            _ => {}
        }
    }
    let mut yes = |field: Field| match &*text(field).to_lowercase() {
        "是" | "yes" | "y" | "true" | "1" | "√" => true,
        "" | "否" | "no" | "n" | "false" | "0" | "×" => false,
        _ => {
            fail(field, say!("只写“是”或“否”", "Write yes or no"));
            false
        }
    };
    let (cold_chain, union_gift_ok) = (yes(Field::ColdChain), yes(Field::UnionGift));
    let category = one_of(&text(Field::Category), Category::ALL, |it| [it.code(), it.zh(), it.en()]);
    let category = category.unwrap_or_else(|| {
        fail(Field::Category, say!("从列表里选一个分类", "Choose a category of the list"));
        None
    });
    let brand = one_of(&text(Field::Brand), Brand::ALL, |it| [it.code(), it.zh(), it.en()]).unwrap_or_else(|| {
        fail(
            Field::Brand,
            say!(
                "品牌只有丽水山耕和三衢味，没有就空着",
                "The brands are Lishui Shangeng and Sanqu Wei; leave it empty for none"
            ),
        );
        None
    });
    let kind = text(Field::CertificationKind);
    let certification_kind = one_of(&kind, CertificationKind::ALL, |it| [it.code(), it.zh(), it.en()]);
    let certification_kind = certification_kind.unwrap_or_else(|| {
        fail(
            Field::CertificationKind,
            say!("从列表里选一种认证，没有就空着", "Choose a kind of the list, or leave it empty"),
        );
        None
    });
    let typed = text(Field::County);
    let is_named =
        |county: &&County| county.id == typed || county.names.iter().any(|name| name.eq_ignore_ascii_case(&typed));
    let county = counties.iter().find(is_named).map(|county| county.id.clone());
    if county.is_none() {
        fail(Field::County, choose_a_county());
    }
    let season = match &*text(Field::Season) {
        "全年" | "all year" => SeasonMonths::parse("1-12"),
        typed => SeasonMonths::parse(typed),
    };
    if season.is_none() {
        fail(
            Field::Season,
            say!("选上市的月份，写成 1-12、11-3 或 3-5;9-10", "Choose the months, written as 1-12, 11-3 or 3-5;9-10"),
        );
    }
    if category.is_none() && text(Field::Category).is_empty() {
        fail(Field::Category, say!("从列表里选一个分类", "Choose a category of the list"));
    }
    let optional = |field: Field| Some(text(field)).filter(|text| !text.is_empty());
    let form = |category, county, season_months, minimum_order: Quantity, available: Quantity| wire::GoodsForm {
        name: text(Field::Name),
        name_en: text(Field::NameEn),
        county,
        category,
        brand,
        spec: text(Field::Spec),
        unit: text(Field::Unit),
        ladder,
        minimum_order: minimum_order.get(),
        available: available.get(),
        season_months,
        shelf_life_days: shelf_life.map(Quantity::get),
        cold_chain,
        certification_kind,
        certification: optional(Field::Certification),
        certification_number: optional(Field::CertificationNumber),
        union_gift_ok,
        batch: optional(Field::Batch),
        best_before: optional(Field::BestBefore),
        description: texts.get(Field::Description).trim().to_owned(),
        description_en: texts.get(Field::DescriptionEn).trim().to_owned(),
    };
    match (category, county, season, minimum, available) {
        (Some(category), Some(county), Some(season), Some(minimum), Some(available)) if wrong.is_empty() => {
            let form = form(category, county, season, minimum, available);
            Goods::parse(&form, counties).map(|_| form)
        }
        _ => {
            // What is missing elsewhere is said too, so that nobody is sent back twice.
            for field in [Field::Name, Field::Spec, Field::Unit, Field::Description] {
                check_text(field, texts.get(field), &mut wrong);
            }
            wrong.sort_by_key(|error| error.field);
            Err(wrong)
        }
    }
}

fn choose_a_county() -> Say {
    say!("从列表里选产地的县", "Choose the county of origin of the list")
}

/// `Some(None)` for nothing typed; `None` for what is none of them.
fn one_of<T: Copy>(typed: &str, all: &[T], names: impl Fn(T) -> [&'static str; 3]) -> Option<Option<T>> {
    if typed.is_empty() {
        return Some(None);
    }
    let found = all.iter().find(|it| names(**it).iter().any(|name| name.eq_ignore_ascii_case(typed)));
    found.map(|it| Some(*it))
}

// ---- the product --------------------------------------------------------------------------------------------------

/// A product as its merchant may list it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goods {
    pub name: String,
    pub name_en: String,
    pub county: String,
    pub category: Category,
    pub brand: Option<Brand>,
    pub spec: String,
    pub unit: String,
    pub ladder: PriceLadder,
    /// At least one.
    pub minimum_order: i64,
    pub available: Quantity,
    pub season: SeasonMonths,
    pub shelf_life_days: Option<i64>,
    pub cold_chain: bool,
    pub certification_kind: Option<CertificationKind>,
    pub certification: Option<String>,
    pub certification_number: Option<String>,
    pub union_gift_ok: bool,
    pub batch: Option<String>,
    pub best_before: Option<Date>,
    pub description: String,
    pub description_en: String,
}

/// Ten years: longer is a slip of the keyboard.
const LONGEST_SHELF_LIFE_DAYS: i64 = 3_650;

impl Goods {
    /// # Errors
    /// Every wrong field at once, in the order of the form.
    pub fn parse(form: &wire::GoodsForm, counties: &[County]) -> Result<Goods, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let name = check_text(Field::Name, &form.name, &mut wrong);
        let name_en = check_text(Field::NameEn, &form.name_en, &mut wrong);
        if !counties.iter().any(|county| county.id == form.county) {
            wrong.push(FieldError { field: Field::County, sentence: choose_a_county() });
        }
        let spec = check_text(Field::Spec, &form.spec, &mut wrong);
        let unit = check_text(Field::Unit, &form.unit, &mut wrong);
        let ladder = check_ladder(&form.ladder, &mut wrong);
        check_counts(form, &mut wrong);
        check_certificate(form, &mut wrong);
        let mut optional = |field: Field, text: &Option<String>| {
            let text = check_text(field, text.as_deref().unwrap_or_default(), &mut wrong);
            Some(text).filter(|text| !text.is_empty())
        };
        let certification = optional(Field::Certification, &form.certification);
        let certification_number = optional(Field::CertificationNumber, &form.certification_number);
        let batch = optional(Field::Batch, &form.batch);
        let best_before = check_day(Field::BestBefore, form.best_before.as_deref(), &mut wrong);
        let description = check_text(Field::Description, &form.description, &mut wrong);
        let description_en = check_text(Field::DescriptionEn, &form.description_en, &mut wrong);
        let available = Quantity::new(form.available).unwrap_or_default();
        wrong.sort_by_key(|error| error.field);
        match ladder {
            Some(ladder) if wrong.is_empty() => Ok(Goods {
                name,
                name_en,
                county: form.county.clone(),
                category: form.category,
                brand: form.brand,
                spec,
                unit,
                ladder,
                minimum_order: form.minimum_order,
                available,
                season: form.season_months,
                shelf_life_days: form.shelf_life_days,
                cold_chain: form.cold_chain,
                certification_kind: form.certification_kind,
                certification,
                certification_number,
                union_gift_ok: form.union_gift_ok,
                batch,
                best_before,
                description,
                description_en,
            }),
            _ => Err(wrong),
        }
    }

    /// Whether it may be put on sale on a day.
    ///
    /// # Errors
    /// [`Code::BadField`] for goods past their day. Source: 食品安全法 第三十四条第十项, which forbids to sell what is past its
    /// shelf life.
    pub fn check_offer(&self, today: Date) -> Result<(), Refusal> {
        match self.best_before {
            Some(day) if day < today => Err(Refusal::field(
                "goods.best_before",
                say!(
                    "现货的保质期到 {day} 为止，过期的货不能上架；请先更新批号和日期",
                    "What is on hand was best before {day} and may not be sold; please update batch and day first"
                ),
            )),
            _ => Ok(()),
        }
    }
}

/// How many are available once so many were added, or taken off where it is negative.
///
/// # Errors
/// The sentence shown beside the field.
pub fn stock_after(left: i64, by: i64) -> Result<Quantity, Say> {
    Quantity::new(left.saturating_add(by)).map_err(|error| match error {
        QuantityError::Negative => {
            say!("现在只剩 {left}，减不了这么多", "There are {left} now; so many cannot be taken off")
        }
        error => error.say(),
    })
}

/// The text, its ends trimmed.
fn check_text(field: Field, text: &str, wrong: &mut Vec<FieldError>) -> String {
    let text = text.trim();
    let longest = field.longest();
    let mut fail = |sentence| wrong.push(FieldError { field, sentence });
    if text.is_empty() && field.is_needed() {
        fail(missing(field));
    } else if text.chars().count() > longest {
        fail(say!("最多 {longest} 字", "At most {longest} characters"));
    } else if let Some(word) = health_claim(text) {
        fail(say!(
            "不能写“{word}”：食品宣传不得涉及疾病预防、治疗功能或医疗用语（广告法第十七条、食品安全法第七十三条）",
            "“{word}” cannot stand here: food may not be said to prevent or treat disease, nor in medical words (Advertising Law Art. 17, Food Safety Law Art. 73)"
        ));
    }
    text.to_owned()
}

fn missing(field: Field) -> Say {
    match field {
        Field::Name => say!("写上名称，例如 庆元香菇", "Enter the name, such as 庆元香菇"),
        Field::Spec => say!("写上规格，例如 500g/袋", "Enter the spec, such as 500g/袋"),
        Field::Unit => say!("写上单位，例如 袋", "Enter the unit, such as 袋"),
        _ => say!("写几句介绍，说清是什么、哪里产", "Describe it: what it is and where it is from"),
    }
}

/// Words that say food prevents or treats disease, or are a doctor's.
///
/// Source: 广告法 第十七条 (no advertisement but those of medicine may speak of treating disease or use medical terms) and 食品安全法
/// 第七十三条 (food may not be said to prevent or treat disease). The law names no words; these are the ones the field avoids.
const HEALTH_CLAIMS: [&str; 34] = [
    "治疗",
    "治愈",
    "根治",
    "主治",
    "疗效",
    "药效",
    "药用",
    "医用",
    "疗程",
    "祛病",
    "防病",
    "防癌",
    "抗癌",
    "肿瘤",
    "降血糖",
    "降血压",
    "降血脂",
    "降三高",
    "抗病毒",
    "增强免疫",
    "提高免疫",
    "保健",
    "延年益寿",
    "延缓衰老",
    "壮阳",
    "补肾",
    "减肥",
    "排毒",
    "cures",
    "heals",
    "treats disease",
    "anti-cancer",
    "lowers blood",
    "boosts immunity",
];

/// The first forbidden word of a text.
pub fn health_claim(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    HEALTH_CLAIMS.into_iter().find(|word| text.contains(word))
}

fn check_ladder(steps: &[PriceBreak], wrong: &mut Vec<FieldError>) -> Option<PriceLadder> {
    if steps.len() > STEPS.len() + 1 {
        let sentence = say!("价格最多分四档", "At most four price steps");
        wrong.push(FieldError { field: Field::Price4, sentence });
        return None;
    }
    let step = |step: usize| STEPS.get(step.wrapping_sub(2)).copied();
    let ladder = PriceLadder::new(steps.to_vec());
    let at = |error: LadderError| match error {
        LadderError::Empty | LadderError::FirstStep => Field::Price,
        LadderError::Quantity(at) => step(at).map_or(Field::Price, |(from, _)| from),
        LadderError::Price(at) => step(at).map_or(Field::Price, |(_, price)| price),
    };
    ladder.map_err(|error| wrong.push(FieldError { field: at(error), sentence: error.say() })).ok()
}

fn check_counts(form: &wire::GoodsForm, wrong: &mut Vec<FieldError>) {
    let mut fail = |field, sentence| wrong.push(FieldError { field, sentence });
    match Quantity::new(form.minimum_order) {
        Ok(Quantity::ZERO) => fail(Field::MinimumOrder, say!("起订量至少是 1", "The minimum order is at least 1")),
        Ok(_) => {}
        Err(error) => fail(Field::MinimumOrder, error.say()),
    }
    if let Err(error) = Quantity::new(form.available) {
        fail(Field::Available, error.say());
    }
    if form.season_months.bits() == 0 || form.season_months.bits() > 0x0FFF {
        fail(Field::Season, say!("至少选一个上市的月份", "Choose at least one month"));
    }
    if form.shelf_life_days.is_some_and(|days| !(1..=LONGEST_SHELF_LIFE_DAYS).contains(&days)) {
        fail(
            Field::ShelfLife,
            say!(
                "保质期写天数，1 到 {LONGEST_SHELF_LIFE_DAYS}；不标的空着",
                "The shelf life in days, 1 to {LONGEST_SHELF_LIFE_DAYS}; empty where there is none"
            ),
        );
    }
}

/// Source: 有机产品认证管理办法, 绿色食品标志管理办法 and 地理标志产品保护办法 let these words be used by holders of a certificate alone, whose
/// number stands beside them.
fn check_certificate(form: &wire::GoodsForm, wrong: &mut Vec<FieldError>) {
    let is_empty = |text: &Option<String>| text.as_deref().unwrap_or_default().trim().is_empty();
    let mut fail = |field, sentence| wrong.push(FieldError { field, sentence });
    match form.certification_kind {
        Some(kind) if kind.needs_number() && is_empty(&form.certification_number) => {
            let (zh, en) = (kind.zh(), kind.en());
            fail(
                Field::CertificationNumber,
                say!("写“{zh}”要有证书编号", "“{en}” needs the number of its certificate"),
            );
        }
        None if !is_empty(&form.certification) || !is_empty(&form.certification_number) => {
            fail(Field::CertificationKind, say!("选这张证书是哪一种", "Choose which kind this certificate is"));
        }
        _ => {}
    }
}

fn check_day(field: Field, text: Option<&str>, wrong: &mut Vec<FieldError>) -> Option<Date> {
    let text = text.unwrap_or_default().trim();
    if text.is_empty() {
        return None;
    }
    let day = text.parse().ok();
    if day.is_none() {
        let sentence = say!("日期写成 2027-06-30 这样", "Write the day as 2027-06-30");
        wrong.push(FieldError { field, sentence });
    }
    day
}

// ---- licences -----------------------------------------------------------------------------------------------------

coded! {
    /// How a licence stands on a day.
    pub enum Standing {
        InForce = "in_force" "有效" "In force",
        EndsSoon = "ends_soon" "即将到期" "Ends soon",
        Ended = "ended" "已到期" "Ended",
    }
}

/// A licence warns this many days before its last.
pub const WARNED_DAYS: i64 = 30;

/// A merchant's right to a brand, which is shown only while it lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Licence {
    pub brand: Brand,
    pub number: String,
    /// The last day.
    pub valid_to: Date,
}

impl Licence {
    /// Reads what was typed, whatever day it is: what a form can say.
    ///
    /// # Errors
    /// All refusals at once.
    pub fn read(body: &wire::NewLicence) -> Result<Licence, Vec<Refusal>> {
        let mut wrong = Vec::new();
        let number = tidy(&body.number);
        if number.is_empty() || number.chars().count() > 60 {
            let sentence = say!("写上授权编号，最多 60 字", "Enter the licence's number, at most 60 characters");
            wrong.push(Refusal::field("number", sentence));
        }
        match crate::rule::parse_day("valid_to", &body.valid_to, &mut wrong) {
            Some(valid_to) if wrong.is_empty() => Ok(Licence { brand: body.brand, number, valid_to }),
            _ => Err(wrong),
        }
    }

    /// The same, of a licence that is not over yet.
    ///
    /// # Errors
    /// All refusals at once.
    pub fn parse(body: &wire::NewLicence, today: Date) -> Result<Licence, Vec<Refusal>> {
        let licence = Licence::read(body)?;
        if licence.valid_to < today {
            let sentence =
                say!("这份授权已经到期，请登记续期后的", "This licence is over; please record the renewed one");
            return Err(vec![Refusal::field("valid_to", sentence)]);
        }
        Ok(licence)
    }

    /// Days until the last one; negative once it is over.
    pub fn days_left(&self, today: Date) -> i64 {
        today.until(self.valid_to).map_or(0, |span| i64::from(span.get_days()))
    }

    pub fn standing(&self, today: Date) -> Standing {
        match self.days_left(today) {
            ..0 => Standing::Ended,
            0..=WARNED_DAYS => Standing::EndsSoon,
            _ => Standing::InForce,
        }
    }
}

#[cfg(test)]
mod tests;
