//! Where a test's market lives: a folder with the app's page, and a database of its own: a SQLite file in that folder, or,
//! when `SHANHAI_TEST_DATABASE` says `postgres`, a database in a cluster that all tests of this process share.

use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::RunQueryDsl as _;
use server::database::{DatabaseUrl, Db, connect, connect_as_it_is};
use tempfile::TempDir;

use crate::cluster::Cluster;

static CLUSTER: LazyLock<Option<Cluster>> = LazyLock::new(|| match std::env::var("SHANHAI_TEST_DATABASE").as_deref() {
    Ok("postgres") => Some(Cluster::start()),
    Ok("sqlite") | Err(_) => None,
    Ok(other) => panic!("SHANHAI_TEST_DATABASE is sqlite or postgres, not {other}"),
});

/// Whether these tests run on PostgreSQL.
pub fn on_postgres() -> bool {
    CLUSTER.is_some()
}

/// A folder and a database, gone when it is dropped.
pub struct Home {
    folder: TempDir,
    url: DatabaseUrl,
    /// The cluster that is to drop the database.
    cluster: Option<&'static Cluster>,
}

/// A database as it was at one moment, for copies of it.
pub enum Snapshot {
    File(Vec<u8>),
    /// The name of a database nobody connects to.
    Template(String),
}

/// The app's own page, with a start script in the place where Trunk puts it.
pub fn index_html() -> String {
    let page = include_str!("../../../../index.html");
    page.replacen("</head>", "<script type=\"module\">import '/market.js'</script></head>", 1)
}

impl Home {
    /// A database without tables.
    pub fn empty() -> Home {
        Home::new(None)
    }

    pub fn copy_of(snapshot: &Snapshot) -> Home {
        Home::new(Some(snapshot))
    }

    fn new(from: Option<&Snapshot>) -> Home {
        let folder = folder_with_page();
        let cluster = CLUSTER.as_ref();
        let url = match (cluster, from) {
            (Some(cluster), from) => {
                let name = new_name();
                let template = match from {
                    Some(Snapshot::Template(template)) => template,
                    _ => "template0",
                };
                run_in(cluster, &format!("create database {name} template {template}"));
                DatabaseUrl::Postgres(cluster.url(&name))
            }
            (None, from) => {
                let file = folder.path().join("shanhai.db");
                if let Some(Snapshot::File(bytes)) = from {
                    std::fs::write(&file, bytes).expect("a copy of the database");
                }
                DatabaseUrl::Sqlite(file)
            }
        };
        Home { folder, url, cluster }
    }

    /// A database of the test's own making.
    pub fn at(url: DatabaseUrl) -> Home {
        Home { folder: folder_with_page(), url, cluster: None }
    }

    /// The same database and another folder.
    pub fn beside(&self) -> Home {
        Home::at(self.url.clone())
    }

    /// Ends every connection to its database.
    pub fn cut_connections(&self) {
        let cluster = self.cluster.expect("a database in the cluster");
        let name = self.name();
        run_in(cluster, &format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"));
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// A connection of one's own, past the server.
    pub fn connect(&self) -> Db {
        connect(&self.url).expect("the database opens")
    }

    /// Runs a statement behind the server's back and gives the number of rows it changed.
    pub fn run(&self, statement: &str) -> usize {
        diesel::sql_query(statement).execute(&mut self.connect()).expect("a statement")
    }

    /// What the database holds now; on PostgreSQL nobody may be connected.
    pub fn snapshot(&self) -> Snapshot {
        match self.cluster {
            Some(cluster) => {
                let (copy, name) = (new_name(), self.name());
                self.cut_connections();
                run_in(cluster, &format!("create database {copy} template {name}"));
                Snapshot::Template(copy)
            }
            None => {
                let copy = self.path().join("copy.db");
                let mut db = connect_as_it_is(&self.url).expect("the database opens");
                let vacuum = format!("vacuum into '{}'", copy.display());
                diesel::sql_query(vacuum).execute(&mut db).expect("the database is copied");
                Snapshot::File(std::fs::read(copy).expect("the copy is read"))
            }
        }
    }

    /// The name of its database in the cluster.
    fn name(&self) -> String {
        let url = self.url.to_string();
        url.rsplit('/').next().unwrap_or_default().to_owned()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if let Some(cluster) = self.cluster {
            run_in(cluster, &format!("drop database {} with (force)", self.name()));
        }
    }
}

/// Runs a statement that makes or drops databases.
fn run_in(cluster: &Cluster, statement: &str) {
    let mut db = connect_as_it_is(&DatabaseUrl::Postgres(cluster.url("postgres"))).expect("the cluster answers");
    diesel::sql_query(statement).execute(&mut db).expect("a statement");
}

fn new_name() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    format!("market_{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// A folder with a page in `app`.
fn folder_with_page() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("app")).expect("a folder for the app");
    std::fs::write(folder.path().join("app/index.html"), index_html()).expect("a page");
    std::fs::write(folder.path().join("app/market-0123456789abcdef.js"), "export {}").expect("a script");
    folder
}
