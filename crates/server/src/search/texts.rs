//! Which products words lead to, and how well each fits. Nothing else knows tantivy.
//!
//! Every field holds tokens made here, divided by spaces: a document and a question are cut the same way, and how is read
//! in one place. A score says which field a word was found in and nothing else, so it does not change when other goods
//! come and go, and a cursor stays a place in the order.

use anyhow::Context as _;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::index::SegmentReader;
use tantivy::indexer::IndexWriterOptions;
use tantivy::query::{
    BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, FuzzyTermQuery, Query, TermQuery,
};
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{DocId, IndexReader, IndexWriter, ReloadPolicy, Score, Searcher, SegmentOrdinal, TantivyDocument, Term};

use xxhash_rust::xxh3::Xxh3;

use super::letters::{Part, grams, parts};
use crate::error::Result;

/// What can be found of a product, folded.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Words {
    pub key: u64,
    pub name: String,
    pub name_en: String,
    /// The name's syllables.
    pub syllables: Vec<String>,
    /// Other words for what it is.
    pub also: Vec<String>,
    /// Where it is from and what it is under: county, prefecture, brand, category, in both languages and by their initials.
    pub places: Vec<String>,
    pub description: String,
    pub description_en: String,
}

impl Words {
    /// Stands for all of them but the key.
    pub fn hash(&self) -> u64 {
        let mut hash = Xxh3::new();
        let texts = [&self.name, &self.name_en, &self.description, &self.description_en];
        let lists = [&self.syllables, &self.also, &self.places];
        for text in texts.into_iter().chain(lists.into_iter().flatten()) {
            hash.update(text.as_bytes());
            hash.update(&[0]);
        }
        hash.digest()
    }
}

/// The fields of the index.
#[derive(Debug, Clone, Copy)]
struct Fields {
    key: Field,
    /// The name as a single token.
    whole: Field,
    /// Characters of the name by one and two, and its other letters.
    name: Field,
    /// Every run of its syllables.
    runs: Field,
    /// The syllables from each on, joined: what is typed so far begins one of them.
    spelling: Field,
    /// The initials from each on.
    initials: Field,
    english: Field,
    also: Field,
    places: Field,
    description: Field,
}

impl Fields {
    fn schema() -> (Schema, Fields) {
        let mut schema = Schema::builder();
        let tokens = TextFieldIndexing::default()
            .set_tokenizer("whitespace")
            .set_index_option(IndexRecordOption::Basic)
            .set_fieldnorms(false);
        let tokens = TextOptions::default().set_indexing_options(tokens);
        let key = schema.add_u64_field("key", FAST | INDEXED);
        let mut field = |name: &str| schema.add_text_field(name, tokens.clone());
        let fields = Fields {
            key,
            whole: field("whole"),
            name: field("name"),
            runs: field("runs"),
            spelling: field("spelling"),
            initials: field("initials"),
            english: field("english"),
            also: field("also"),
            places: field("places"),
            description: field("description"),
        };
        (schema.build(), fields)
    }

    fn document(self, words: &Words) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        let joined = |text: &str| text.split_whitespace().collect::<String>();
        document.add_u64(self.key, words.key);
        document.add_text(self.whole, joined(&words.name));
        document.add_text(self.name, tokens(&words.name));
        document.add_text(self.runs, runs(&words.syllables).join(" "));
        document.add_text(self.spelling, endings(&words.syllables).join(" "));
        let initials: Vec<String> =
            words.syllables.iter().filter_map(|it| Some(it.chars().next()?.to_string())).collect();
        document.add_text(self.initials, endings(&initials).join(" "));
        document.add_text(self.english, tokens(&words.name_en));
        document.add_text(self.also, tokens(&words.also.join(" ")));
        document.add_text(self.places, tokens(&words.places.join(" ")));
        document.add_text(self.description, tokens(&words.description) + " " + &tokens(&words.description_en));
        document
    }
}

/// Characters by one and two, letters as they stand.
fn tokens(text: &str) -> String {
    let cut = |part| match part {
        Part::Han(han) => grams(&han),
        Part::Latin(letters) => vec![letters],
    };
    parts(text).into_iter().flat_map(cut).collect::<Vec<_>>().join(" ")
}

/// From each on to the end, joined.
fn endings(syllables: &[String]) -> Vec<String> {
    (0..syllables.len()).map(|from| syllables[from..].concat()).collect()
}

/// From each on to each behind it, joined.
fn runs(syllables: &[String]) -> Vec<String> {
    let from = |from| (from + 1..=syllables.len()).map(move |until| syllables[from..until].concat());
    (0..syllables.len()).flat_map(from).collect()
}

// ---- writing ------------------------------------------------------------------------------------------------------

/// The index that is written to.
pub struct Library {
    writer: IndexWriter,
    reader: IndexReader,
    fields: Fields,
}

impl std::fmt::Debug for Library {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Library").finish_non_exhaustive()
    }
}

/// What is collected before it becomes a part of the index.
const BUFFER_BYTES: usize = 64 * 1024 * 1024;

impl Library {
    pub fn new() -> Result<Library> {
        let (schema, fields) = Fields::schema();
        let index = tantivy::Index::create_in_ram(schema);
        let options = IndexWriterOptions::builder().memory_budget_per_thread(BUFFER_BYTES).num_merge_threads(1).build();
        let writer = index.writer_with_options(options).context("the search index")?;
        let reader =
            index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().context("the search index")?;
        Ok(Library { writer, reader, fields })
    }

    /// Puts these in the place of what had their keys, takes away what is gone, and gives the index as it then is.
    pub fn update(&mut self, words: &[Words], gone: &[u64]) -> Result<Texts> {
        self.write(words, gone).context("the search index")?;
        Ok(Texts { searcher: self.reader.searcher(), fields: self.fields })
    }

    fn write(&mut self, words: &[Words], gone: &[u64]) -> tantivy::Result<()> {
        for key in words.iter().map(|words| &words.key).chain(gone) {
            self.writer.delete_term(Term::from_field_u64(self.fields.key, *key));
        }
        for words in words {
            self.writer.add_document(self.fields.document(words))?;
        }
        self.writer.commit()?;
        self.reader.reload()
    }
}

// ---- asking -------------------------------------------------------------------------------------------------------

/// The index at one moment.
#[derive(Clone)]
pub struct Texts {
    searcher: Searcher,
    fields: Fields,
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Texts").finish_non_exhaustive()
    }
}

/// Products by their keys, with how well each fits.
pub type Found = Vec<(u64, u16)>;

/// How far a search may stray from what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Freedom {
    None,
    /// A word may fall into two that are found apart: 龙泉木耳, qingyxg.
    Divided,
    /// And a letter of pinyin may be wrong, missing or too many.
    Misspelt,
}

/// Where a word is found, the best first.
mod score {
    use tantivy::Score;

    pub const WHOLE: Score = 120.0;
    pub const NAME: Score = 100.0;
    pub const SPELLED: Score = 90.0;
    pub const ALSO: Score = 80.0;
    pub const BEGUN: Score = 75.0;
    pub const PLACE: Score = 50.0;
    pub const PLACE_BEGUN: Score = 45.0;
    pub const MISSPELT: Score = 20.0;
    pub const DESCRIPTION: Score = 5.0;
}

/// In shorter words another letter makes another word.
const SHORTEST_MISSPELT: usize = 4;
const LONGEST_MISSPELT: usize = 24;
/// Nobody types more without a space.
const LONGEST_DIVIDED: usize = 12;
/// The beginning of too many words to mean one of a description.
const SHORTEST_IN_DESCRIPTION: usize = 3;

/// What a letter that is met scores.
pub const MET: u16 = 3;

fn can_be_misspelt(letters: &str) -> bool {
    (SHORTEST_MISSPELT..=LONGEST_MISSPELT).contains(&letters.chars().count())
}

type Asked = Box<dyn Query>;

impl Texts {
    /// What fits every word; the first of three ways that finds anything.
    pub fn found(&self, words: &[String]) -> Result<Found> {
        let words: Vec<Vec<Part>> = words.iter().map(|word| parts(word)).filter(|parts| !parts.is_empty()).collect();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        for freedom in [Freedom::None, Freedom::Divided, Freedom::Misspelt] {
            let asked = all(words.iter().flatten().map(|part| self.part(part, freedom)).collect());
            let found = self.collect(&*asked)?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    /// What comes nearest to words that nothing fits, scored by how many of their letters are met: [`MET`] for each, fewer
    /// where only another word for the product holds it.
    pub fn nearest(&self, words: &[String]) -> Result<Found> {
        let Fields { name, also, .. } = self.fields;
        let mut asked: Vec<Asked> = Vec::new();
        for part in words.iter().flat_map(|word| parts(word)) {
            match part {
                Part::Han(han) => asked.extend(grams(&han).into_iter().map(|gram| {
                    let letters = gram.chars().count() as u16;
                    let ways = [(name, MET), (also, MET - 1)];
                    best(ways.map(|(field, met)| scored(token(field, &gram), (letters * met).into())).into())
                })),
                Part::Latin(letters) if can_be_misspelt(&letters) => {
                    let count = letters.chars().count() as u16;
                    asked.push(scored(self.like(&letters, 2), (count * MET).into()));
                }
                Part::Latin(_) => {}
            }
        }
        self.collect(&*any(asked))
    }

    fn part(&self, part: &Part, freedom: Freedom) -> Asked {
        let mut ways = match part {
            Part::Han(han) => self.han(han),
            Part::Latin(letters) => self.latin(letters),
        };
        if freedom >= Freedom::Divided {
            ways.extend(
                divided(part)
                    .into_iter()
                    .map(|halves| all(halves.iter().map(|half| self.part(half, Freedom::None)).collect())),
            );
        }
        if let (Freedom::Misspelt, Part::Latin(letters)) = (freedom, part)
            && can_be_misspelt(letters)
        {
            ways.push(scored(self.like(letters, 1), score::MISSPELT));
        }
        best(ways)
    }

    fn han(&self, han: &str) -> Vec<Asked> {
        let Fields { whole, name, also, places, description, .. } = self.fields;
        let grams = grams(han);
        // Pairs say all that single characters say.
        let needed = if grams.len() > 1 { &grams[han.chars().count()..] } else { &grams[..] };
        let within = |field| all(needed.iter().map(|gram| token(field, gram)).collect());
        vec![
            scored(token(whole, han), score::WHOLE),
            scored(within(name), score::NAME),
            scored(within(also), score::ALSO),
            scored(within(places), score::PLACE),
            scored(within(description), score::DESCRIPTION),
        ]
    }

    fn latin(&self, letters: &str) -> Vec<Asked> {
        let Fields { name, runs, spelling, initials, english, also, places, description, .. } = self.fields;
        let mut ways = vec![
            scored(token(runs, letters), score::SPELLED),
            scored(token(name, letters), score::NAME),
            scored(token(english, letters), score::NAME),
            scored(beginning(spelling, letters, 0), score::BEGUN),
            scored(beginning(initials, letters, 0), score::BEGUN),
            scored(beginning(english, letters, 0), score::BEGUN),
            scored(token(places, letters), score::PLACE),
            scored(beginning(places, letters, 0), score::PLACE_BEGUN),
        ];
        if letters.len() >= SHORTEST_IN_DESCRIPTION {
            ways.push(scored(beginning(also, letters, 0), score::ALSO));
            ways.push(scored(beginning(description, letters, 0), score::DESCRIPTION));
        }
        ways
    }

    /// Pinyin or English of the name, or a place, that begins like this but for so many letters.
    fn like(&self, letters: &str, distance: u8) -> Asked {
        let Fields { spelling, english, also, places, .. } = self.fields;
        any([spelling, english, also, places].map(|field| beginning(field, letters, distance)).into())
    }

    fn collect(&self, asked: &dyn Query) -> Result<Found> {
        Ok(self.searcher.search(asked, &Hits).context("a search")?)
    }
}

/// The part cut in two at each place.
fn divided(part: &Part) -> Vec<[Part; 2]> {
    let (text, make): (&str, fn(String) -> Part) = match part {
        Part::Han(han) => (han, Part::Han),
        Part::Latin(letters) => (letters, Part::Latin),
    };
    if text.chars().count() > LONGEST_DIVIDED {
        return Vec::new();
    }
    let places = text.char_indices().skip(1);
    places.map(|(at, _)| [make(text[..at].to_owned()), make(text[at..].to_owned())]).collect()
}

fn token(field: Field, text: &str) -> Asked {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic))
}

fn beginning(field: Field, text: &str, distance: u8) -> Asked {
    Box::new(FuzzyTermQuery::new_prefix(Term::from_field_text(field, text), distance, true))
}

fn scored(asked: Asked, score: Score) -> Asked {
    Box::new(ConstScoreQuery::new(asked, score))
}

fn all(asked: Vec<Asked>) -> Asked {
    if asked.is_empty() { Box::new(EmptyQuery) } else { Box::new(BooleanQuery::intersection(asked)) }
}

fn any(asked: Vec<Asked>) -> Asked {
    Box::new(BooleanQuery::union(asked))
}

/// Each product by the best of the ways it is found.
fn best(ways: Vec<Asked>) -> Asked {
    Box::new(DisjunctionMaxQuery::new(ways))
}

/// Collects key and score of every hit.
struct Hits;

struct SegmentHits {
    keys: Column<u64>,
    found: Found,
}

impl Collector for Hits {
    type Fruit = Found;
    type Child = SegmentHits;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentHits> {
        Ok(SegmentHits { keys: segment.fast_fields().u64("key")?, found: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, segments: Vec<Found>) -> tantivy::Result<Found> {
        Ok(segments.concat())
    }
}

impl SegmentCollector for SegmentHits {
    type Fruit = Found;

    fn collect(&mut self, document: DocId, score: Score) {
        if let Some(key) = self.keys.first(document) {
            self.found.push((key, score as u16));
        }
    }

    fn harvest(self) -> Found {
        self.found
    }
}
