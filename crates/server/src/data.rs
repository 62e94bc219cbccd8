//! The files of `data/`: read whole, checked whole, before anything is stored. A mistake is reported with its file, line
//! and field, in the words of the rule it breaks.

mod almanac;
mod products;
mod toml_file;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use domain::Money;
use domain::counting::CountingRule;
use domain::id::{AccountId, OrganisationId, ProductId};
use domain::occasion::Occasion;
use domain::organisation::{OrganisationKind, PRIVATE_BUYERS, Role};
use domain::product::{Brand, Category, CertificationKind, PriceLadder, SeasonMonths};
use domain::region::{PairingStatus, Prefecture};
use domain::rule::{Rule, RuleKind, RuleScope, parse_share};
use domain::target::Scope;
use domain::uscc::Uscc;
use jiff::civil::Date;
use serde::Deserialize;

pub use almanac::{About, Almanac};
use toml_file::{Spanned, TomlFile};

/// Everything a person can edit, parsed.
#[derive(Debug)]
pub struct Data {
    pub regions: Vec<Region>,
    pub pairings: Vec<Pairing>,
    pub licences: Vec<Licence>,
    pub organisations: Vec<Organisation>,
    pub accounts: Vec<Account>,
    pub sample_password: String,
    pub products: Vec<Product>,
    pub targets: Vec<domain::target::Target>,
    pub counting_rules: Vec<CountingRule>,
    pub rules: Vec<Rule>,
    pub almanac: Almanac,
    /// Groups of words that mean the same to a search.
    pub synonyms: Vec<Vec<String>>,
}

#[derive(Debug)]
pub struct Region {
    pub id: String,
    pub kind: RegionKind,
    pub name: String,
    pub short: String,
    pub name_en: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegionKind {
    Prefecture,
    County(Prefecture),
    District,
}

#[derive(Debug)]
pub struct Pairing {
    pub district: String,
    pub county: String,
    pub programme: String,
    pub since: Option<i64>,
    pub status: PairingStatus,
    pub source: String,
}

#[derive(Debug)]
pub struct Licence {
    pub brand: Brand,
    pub merchant: OrganisationId,
    pub number: String,
    pub valid_to: Date,
}

#[derive(Debug)]
pub struct Organisation {
    pub id: OrganisationId,
    pub slug: String,
    pub kind: OrganisationKind,
    pub name: String,
    pub uscc: Uscc,
    /// Of a union: the code of the body whose people it is for, which its invoices must not bear.
    pub employer_uscc: Option<Uscc>,
    pub district: Option<String>,
    pub county: Option<String>,
    pub members: Option<i64>,
    pub address: String,
    pub phone: String,
}

#[derive(Debug)]
pub struct Account {
    pub id: AccountId,
    pub login: String,
    pub role: Role,
    pub organisation: OrganisationId,
    pub name: String,
}

#[derive(Debug)]
pub struct Product {
    pub id: ProductId,
    pub merchant: OrganisationId,
    pub brand: Option<Brand>,
    pub county: String,
    pub category: Category,
    pub name: String,
    pub name_en: String,
    pub pinyin: String,
    pub spec: String,
    pub unit: String,
    pub ladder: PriceLadder,
    pub minimum_order: i64,
    pub available: i64,
    pub season: SeasonMonths,
    pub shelf_life_days: Option<i64>,
    pub cold_chain: bool,
    pub certification_kind: Option<CertificationKind>,
    pub certification: Option<String>,
    pub certification_number: Option<String>,
    pub union_gift_ok: bool,
    pub description: String,
    pub description_en: String,
}

/// One mistake in one file.
#[derive(Debug, PartialEq, Eq)]
pub struct DataError {
    pub file: String,
    /// Counted from 1; 0 when the whole file is meant.
    pub line: usize,
    pub field: String,
    pub sentence: String,
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if self.line > 0 {
            write!(f, ", line {}", self.line)?;
        }
        if !self.field.is_empty() {
            write!(f, ", field {}", self.field)?;
        }
        write!(f, ": {}", self.sentence)
    }
}

impl std::error::Error for DataError {}

type Checked<T> = Result<T, DataError>;

/// Reads and checks the whole folder.
///
/// # Errors
/// The first mistake found, files in the order they build on each other.
pub fn read(folder: &Path) -> Checked<Data> {
    let regions = read_regions(&TomlFile::open(folder, "regions.toml")?)?;
    let pairings = read_pairings(&TomlFile::open(folder, "pairings.toml")?, &regions)?;
    let organisations = read_organisations(&TomlFile::open(folder, "organisations.toml")?, &regions)?;
    let licences = read_licences(&TomlFile::open(folder, "brands.toml")?, &organisations)?;
    let (sample_password, accounts) = read_accounts(&TomlFile::open(folder, "accounts.toml")?, &organisations)?;
    let products = products::read(folder, &regions, &organisations)?;
    let targets = read_targets(&TomlFile::open(folder, "targets.toml")?, &regions)?;
    let counting_rules = read_rules(&TomlFile::open(folder, "rules.toml")?)?;
    let rules = read_dated_rules(&TomlFile::open(folder, "rules.toml")?, &regions, &organisations)?;
    let almanac = almanac::read(folder)?;
    let synonyms = read_synonyms(&TomlFile::open(folder, "synonyms.toml")?)?;
    let data = Data {
        regions,
        pairings,
        licences,
        organisations,
        accounts,
        sample_password,
        products,
        targets,
        counting_rules,
        rules,
        almanac,
        synonyms,
    };
    Ok(data)
}

// ---- regions and pairings -----------------------------------------------------------------------------------------

fn read_regions(file: &TomlFile) -> Checked<Vec<Region>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        id: Spanned<String>,
        prefecture: Option<Spanned<String>>,
        #[serde(rename = "kind")]
        _kind: Option<String>,
        name: String,
        short: String,
        name_en: String,
        #[serde(rename = "about")]
        _about: Option<String>,
        #[serde(rename = "about_en")]
        _about_en: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Rows {
        prefecture: Vec<Row>,
        county: Vec<Row>,
        district: Vec<Row>,
    }
    let rows: Rows = file.parse()?;
    let mut regions: Vec<Region> = Vec::new();
    let mut take = |row: Row, kind: RegionKind| {
        file.unique(&row.id, regions.iter().any(|region| region.id == *row.id.get_ref()))?;
        let Row { id, name, short, name_en, .. } = row;
        regions.push(Region { id: id.into_inner(), kind, name, short, name_en });
        Ok(())
    };
    for row in rows.prefecture {
        take(row, RegionKind::Prefecture)?;
    }
    for row in rows.county {
        let named =
            row.prefecture.as_ref().ok_or_else(|| file.fault(&row.id, "needs a prefecture: lishui or quzhou"))?;
        let prefecture = file.coded(named, Prefecture::from_code, "lishui or quzhou")?;
        take(row, RegionKind::County(prefecture))?;
    }
    for row in rows.district {
        take(row, RegionKind::District)?;
    }
    Ok(regions)
}

/// The region of this id and kind exists, or the mistake is named.
fn known_region<'a>(
    file: &TomlFile,
    id: &'a Spanned<String>,
    regions: &[Region],
    wanted: fn(RegionKind) -> bool,
) -> Checked<&'a str> {
    let known = regions.iter().any(|region| region.id == *id.get_ref() && wanted(region.kind));
    if known { Ok(id.get_ref()) } else { Err(file.fault(id, format!("'{}' is not in regions.toml", id.get_ref()))) }
}

fn is_county(kind: RegionKind) -> bool {
    matches!(kind, RegionKind::County(_))
}

fn is_district(kind: RegionKind) -> bool {
    kind == RegionKind::District
}

fn read_pairings(file: &TomlFile, regions: &[Region]) -> Checked<Vec<Pairing>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        district: Spanned<String>,
        county: Spanned<String>,
        programme: String,
        since: Option<i64>,
        status: Spanned<String>,
        source: String,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Rows {
        pairing: Vec<Row>,
    }
    let rows: Rows = file.parse()?;
    let take = |row: Row| {
        Ok(Pairing {
            district: known_region(file, &row.district, regions, is_district)?.to_owned(),
            county: known_region(file, &row.county, regions, is_county)?.to_owned(),
            status: file.coded(&row.status, PairingStatus::from_code, "verified or assumed")?,
            programme: row.programme,
            since: row.since,
            source: row.source,
        })
    };
    rows.pairing.into_iter().map(take).collect()
}

// ---- organisations, licences, accounts ----------------------------------------------------------------------------

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrganisationRow {
    slug: Spanned<String>,
    id: Spanned<String>,
    kind: Spanned<String>,
    name: String,
    uscc: Spanned<String>,
    employer_uscc: Option<Spanned<String>>,
    scope: Option<Spanned<String>>,
    district: Option<Spanned<String>>,
    county: Option<Spanned<String>>,
    members: Option<Spanned<i64>>,
    #[serde(default)]
    address: String,
    #[serde(default)]
    phone: String,
}

fn read_organisations(file: &TomlFile, regions: &[Region]) -> Checked<Vec<Organisation>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Rows {
        organisation: Vec<OrganisationRow>,
    }
    let rows: Rows = file.parse()?;
    let mut organisations: Vec<Organisation> = Vec::new();
    for row in rows.organisation {
        let organisation = check_organisation(file, &row, regions)?;
        file.unique(&row.slug, organisations.iter().any(|earlier| earlier.slug == organisation.slug))?;
        file.unique(&row.id, organisations.iter().any(|earlier| earlier.id == organisation.id))?;
        file.unique(&row.uscc, organisations.iter().any(|earlier| earlier.uscc == organisation.uscc))?;
        organisations.push(organisation);
    }
    Ok(organisations)
}

fn check_organisation(file: &TomlFile, row: &OrganisationRow, regions: &[Region]) -> Checked<Organisation> {
    let kind =
        file.coded(&row.kind, OrganisationKind::from_code, "union, merchant, coordinator, operator or outlet")?;
    let uscc = Uscc::parse(row.uscc.get_ref()).map_err(|error| file.fault(&row.uscc, error))?;
    if kind == OrganisationKind::Union && !uscc.is_union() {
        return Err(file.fault(&row.uscc, "a union's code begins with 81; this may be its employer's"));
    }
    let employer_uscc = row.employer_uscc.as_ref();
    let employer_uscc =
        employer_uscc.map(|code| Uscc::parse(code.get_ref()).map_err(|error| file.fault(code, error))).transpose()?;
    let in_region = |id: &Option<Spanned<String>>, wanted| {
        id.as_ref().map(|id| known_region(file, id, regions, wanted).map(str::to_owned)).transpose()
    };
    let (district, county) = (in_region(&row.district, is_district)?, in_region(&row.county, is_county)?);
    match kind {
        OrganisationKind::Union if district.is_none() => Err(file.fault(&row.slug, "a union needs a district")),
        OrganisationKind::Merchant if county.is_none() => Err(file.fault(&row.slug, "a merchant needs a county")),
        OrganisationKind::Person | OrganisationKind::Outside => {
            Err(file.fault(&row.kind, "those who stand for many are one organisation each, made with the tables"))
        }
        OrganisationKind::Coordinator if district.is_none() && row.scope.is_none() => {
            Err(file.fault(&row.slug, "a coordination office needs a district, or scope = \"city\""))
        }
        _ => Ok(()),
    }?;
    if let Some(members) = row.members.as_ref().filter(|members| *members.get_ref() < 1) {
        return Err(file.fault(members, "members is a positive number"));
    }
    Ok(Organisation {
        id: file.id(&row.id)?,
        slug: row.slug.get_ref().clone(),
        kind,
        name: row.name.clone(),
        uscc,
        employer_uscc,
        district,
        county,
        members: row.members.as_ref().map(|members| *members.get_ref()),
        address: row.address.clone(),
        phone: row.phone.clone(),
    })
}

/// The organisation with this slug, of this kind.
fn organisation<'a>(organisations: &'a [Organisation], slug: &str, kind: OrganisationKind) -> Option<&'a Organisation> {
    organisations.iter().find(|organisation| organisation.slug == slug && organisation.kind == kind)
}

fn read_licences(file: &TomlFile, organisations: &[Organisation]) -> Checked<Vec<Licence>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct BrandRow {
        id: Spanned<String>,
        name: Spanned<String>,
        #[serde(rename = "name_en")]
        _name_en: String,
        #[serde(rename = "prefecture")]
        _prefecture: String,
        #[serde(rename = "about")]
        _about: String,
        #[serde(rename = "about_en")]
        _about_en: String,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct LicenceRow {
        brand: Spanned<String>,
        merchant: Spanned<String>,
        number: String,
        valid_to: Spanned<toml::value::Datetime>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Rows {
        brand: Vec<BrandRow>,
        licence: Vec<LicenceRow>,
    }
    let rows: Rows = file.parse()?;
    for row in &rows.brand {
        let brand = file.coded(&row.id, Brand::from_code, "lishui_shangeng or sanqu_wei")?;
        if brand.zh() != row.name.get_ref() {
            return Err(file.fault(&row.name, format!("the brand {} is named {}", brand.code(), brand.zh())));
        }
    }
    let take = |row: LicenceRow| {
        let merchant = organisation(organisations, row.merchant.get_ref(), OrganisationKind::Merchant);
        let merchant = merchant.ok_or_else(|| file.fault(&row.merchant, "no merchant of organisations.toml"))?;
        Ok(Licence {
            brand: file.coded(&row.brand, Brand::from_code, "lishui_shangeng or sanqu_wei")?,
            merchant: merchant.id,
            number: row.number,
            valid_to: file.date(&row.valid_to)?,
        })
    };
    rows.licence.into_iter().map(take).collect()
}

fn read_accounts(file: &TomlFile, organisations: &[Organisation]) -> Checked<(String, Vec<Account>)> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        id: Spanned<String>,
        login: Spanned<String>,
        role: Spanned<String>,
        /// Of all but buyers, who belong to one that no file names.
        organisation: Option<Spanned<String>>,
        name: String,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Rows {
        sample_password: String,
        account: Vec<Row>,
    }
    let rows: Rows = file.parse()?;
    let mut accounts: Vec<Account> = Vec::new();
    for row in rows.account {
        let role = file.coded(&row.role, Role::from_code, "one of union_officer, union_chair, merchant, …")?;
        let organisation = match (&row.organisation, role) {
            (None, Role::Buyer) => PRIVATE_BUYERS,
            (Some(slug), Role::Buyer) => return Err(file.fault(slug, "a buyer has no organisation")),
            (None, _) => return Err(file.fault(&row.role, "needs an organisation")),
            (Some(slug), _) => {
                let known = organisation(organisations, slug.get_ref(), role.belongs_to());
                let sentence = || format!("no {} of organisations.toml", role.belongs_to().code());
                known.ok_or_else(|| file.fault(slug, sentence()))?.id
            }
        };
        file.unique(&row.login, accounts.iter().any(|earlier| earlier.login == *row.login.get_ref()))?;
        let id = file.id(&row.id)?;
        file.unique(&row.id, accounts.iter().any(|earlier| earlier.id == id))?;
        let (login, name) = (row.login.into_inner(), row.name);
        accounts.push(Account { id, login, role, organisation, name });
    }
    Ok((rows.sample_password, accounts))
}

// ---- targets and rules --------------------------------------------------------------------------------------------

fn read_targets(file: &TomlFile, regions: &[Region]) -> Checked<Vec<domain::target::Target>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        year: i16,
        version: i64,
        scope: Spanned<String>,
        key: Option<Spanned<String>>,
        amount_yuan: Spanned<i64>,
        document: String,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Rows {
        target: Vec<Row>,
    }
    let rows: Rows = file.parse()?;
    let take = |row: Row| {
        let scope = file.coded(&row.scope, Scope::from_code, "city, district, channel, county or brand")?;
        let key = match (scope, &row.key) {
            (Scope::City, None) => String::new(),
            (Scope::City, Some(key)) => return Err(file.fault(key, "the city's target has no key")),
            (_, None) => return Err(file.fault(&row.scope, "needs a key: which district, channel, county or brand")),
            (Scope::District, Some(key)) => known_region(file, key, regions, is_district)?.to_owned(),
            (Scope::Channel, Some(key)) => {
                file.coded(key, domain::channel::Channel::from_code, "a channel")?.code().to_owned()
            }
            (Scope::County, Some(key)) => known_region(file, key, regions, is_county)?.to_owned(),
            (Scope::Brand, Some(key)) => {
                file.coded(key, Brand::from_code, "lishui_shangeng or sanqu_wei")?.code().to_owned()
            }
        };
        if !(1..=1_000_000_000_000).contains(row.amount_yuan.get_ref()) {
            return Err(file.fault(&row.amount_yuan, "a target is between 1 yuan and a trillion"));
        }
        let amount = Money::from_yuan(*row.amount_yuan.get_ref());
        let target =
            domain::target::Target { year: row.year, scope, key, version: row.version, amount, document: row.document };
        Ok((row.amount_yuan, target))
    };
    let rows: Vec<_> = rows.target.into_iter().map(take).collect::<Checked<_>>()?;
    check_targets_add_up(file, &rows)?;
    Ok(rows.into_iter().map(|(_, target)| target).collect())
}

/// Districts add up to the city, and so do channels and counties: otherwise two screens show two truths. Brands leave room
/// for goods of no brand.
fn check_targets_add_up(file: &TomlFile, rows: &[(Spanned<i64>, domain::target::Target)]) -> Checked<()> {
    let mut sums: BTreeMap<(i16, i64, Scope), i64> = BTreeMap::new();
    for (_, target) in rows {
        *sums.entry((target.year, target.version, target.scope)).or_default() += target.amount.fen();
    }
    for (amount, city) in rows.iter().filter(|(_, target)| target.scope == Scope::City) {
        for part in [Scope::District, Scope::Channel, Scope::County, Scope::Brand] {
            let sum = sums.get(&(city.year, city.version, part)).copied();
            let adds_up = |sum: i64| match part {
                Scope::Brand => sum <= city.amount.fen(),
                _ => sum == city.amount.fen(),
            };
            if let Some(sum) = sum.filter(|sum| !adds_up(*sum)) {
                let (sum, whole) = (Money::from_fen(sum).yuan(), city.amount.yuan());
                let sentence =
                    format!("the {} targets of {} add up to {sum} yuan, not {whole}", part.code(), city.year);
                return Err(file.fault(amount, sentence));
            }
        }
    }
    Ok(())
}

fn read_rules(file: &TomlFile) -> Checked<Vec<CountingRule>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        version: Spanned<String>,
        valid_from: Spanned<toml::value::Datetime>,
        document: String,
        text: String,
        text_en: String,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Rows {
        counting_rule: Vec<Row>,
        #[serde(rename = "lead_time")]
        _lead_time: toml::Value,
        #[serde(rename = "rule")]
        _rule: toml::Value,
        #[serde(rename = "retention")]
        _retention: toml::Value,
    }
    let rows: Rows = file.parse()?;
    let take = |row: Row| {
        let valid_from = file.date(&row.valid_from)?;
        let version = row.version.into_inner();
        Ok(CountingRule { version, valid_from, document: row.document, text: row.text, text_en: row.text_en })
    };
    rows.counting_rule.into_iter().map(take).collect()
}

fn read_dated_rules(file: &TomlFile, regions: &[Region], organisations: &[Organisation]) -> Checked<Vec<Rule>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        id: Spanned<String>,
        kind: Spanned<String>,
        occasion: Option<Spanned<String>>,
        scope: Spanned<String>,
        key: Option<Spanned<String>>,
        value: Spanned<String>,
        valid_from: Spanned<toml::value::Datetime>,
        valid_to: Option<Spanned<toml::value::Datetime>>,
        document: Spanned<String>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Rows {
        #[serde(rename = "counting_rule")]
        _counting_rule: toml::Value,
        #[serde(rename = "lead_time")]
        _lead_time: toml::Value,
        #[serde(rename = "retention")]
        _retention: toml::Value,
        rule: Vec<Row>,
    }
    let rows: Rows = file.parse()?;
    let take = |row: Row| {
        let kind = file.coded(&row.kind, RuleKind::from_code, "annual_cap, min_assistance_share, …")?;
        let scope = file.coded(&row.scope, RuleScope::from_code, "city, district or union")?;
        let occasion = row.occasion.as_ref().map(|code| file.coded(code, Occasion::from_code, "an occasion"));
        let key = match (scope, &row.key) {
            (RuleScope::District, Some(key)) => known_region(file, key, regions, is_district)?.to_owned(),
            (RuleScope::Union, Some(slug)) => {
                let union = organisation(organisations, slug.get_ref(), OrganisationKind::Union);
                union.ok_or_else(|| file.fault(slug, "no union of organisations.toml"))?.id.to_string()
            }
            (_, key) => key.as_ref().map(|key| key.get_ref().clone()).unwrap_or_default(),
        };
        let value = match kind.is_share() {
            true => parse_share(row.value.get_ref()).map_err(|why| file.fault(&row.value, why))?,
            false => Money::parse(row.value.get_ref()).map_err(|why| file.fault(&row.value, why))?.fen(),
        };
        let body = domain::wire::NewRule {
            id: file.id(&row.id)?,
            kind,
            occasion: occasion.transpose()?,
            scope,
            key,
            value,
            valid_from: file.date(&row.valid_from)?.to_string(),
            valid_to: row.valid_to.as_ref().map(|day| file.date(day)).transpose()?.map(|day| day.to_string()),
            document: row.document.get_ref().clone(),
        };
        Rule::parse(&body).map_err(|refusals| {
            let sentences: Vec<String> = refusals.iter().map(ToString::to_string).collect();
            file.fault(&row.kind, sentences.join("; "))
        })
    };
    rows.rule.into_iter().map(take).collect()
}

// ---- synonyms -----------------------------------------------------------------------------------------------------

fn read_synonyms(file: &TomlFile) -> Checked<Vec<Vec<String>>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        words: Spanned<Vec<String>>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Rows {
        #[serde(default)]
        group: Vec<Row>,
    }
    let rows: Rows = file.parse()?;
    let take = |row: Row| {
        let words = row.words.get_ref();
        if words.len() < 2 || words.iter().any(|word| word.trim().is_empty()) {
            return Err(file.fault(&row.words, "a group has two words or more, and none is empty"));
        }
        Ok(row.words.into_inner())
    };
    rows.group.into_iter().map(take).collect()
}

#[cfg(test)]
mod tests;
