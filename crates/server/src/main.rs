//! The binary `shanhai`: see `shanhai --help`.

use std::process::ExitCode;

use clap::Parser as _;
use server::backup;
use server::config::{Backup, Command, Config, Restore};
use server::database::{DatabaseUrl, connect, trouble_of};
use server::error::Error;
use server::store::copy::Outcome;
use server::{log, store};

fn main() -> ExitCode {
    let config = Config::parse();
    log::start(config.log);
    let outcome = match config.command {
        Command::Serve(serve) => server::serve::run(serve).map(|()| ExitCode::SUCCESS),
        Command::Audit(database) => audit(&database.database_url),
        Command::Copy(copy) => backup::copy(&copy.from, &copy.to).map(|outcome| tell(&outcome)),
        Command::Backup(backup) => back_up(&backup),
        Command::Restore(restore) => bring_back(&restore),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("shanhai: {error:#}");
        if let Some(trouble) = trouble_of(&error) {
            eprintln!("shanhai: {}", trouble.advice());
        }
        ExitCode::FAILURE
    })
}

fn back_up(Backup { database, photos, attachments, to }: &Backup) -> anyhow::Result<ExitCode> {
    let url = &database.database_url;
    let report = backup::backup(url, to)?;
    println!("{report}\nwritten to {}, its checksum beside it", to.display());
    println!("{}", backup::photos_out(to, &photos.of(url))?);
    println!("{}", backup::attachments_out(to, &attachments.of(url))?);
    Ok(ExitCode::SUCCESS)
}

fn bring_back(Restore { from, database, photos, attachments }: &Restore) -> anyhow::Result<ExitCode> {
    let url = &database.database_url;
    let outcome = backup::restore(from, url)?;
    println!("{}", backup::photos_back(from, &photos.of(url))?);
    println!("{}", backup::attachments_back(from, &attachments.of(url))?);
    Ok(tell(&outcome))
}

fn tell(outcome: &Outcome) -> ExitCode {
    match outcome {
        Outcome::Copied(report) => println!("{report}\neverything is there"),
        Outcome::AlreadyThere(report) => println!("{report}\nalready there, nothing to do"),
    }
    ExitCode::SUCCESS
}

fn audit(url: &DatabaseUrl) -> anyhow::Result<ExitCode> {
    if let DatabaseUrl::Sqlite(file) = url {
        anyhow::ensure!(file.exists(), "there is no database {}", file.display());
    }
    let mut db = connect(url)?;
    match store::audit::audit(&mut db).map_err(Error::into_fault)? {
        Ok(sound) => {
            println!(
                "sound: {} entries, {} yuan, {} rollups; last hash {}",
                sound.entries,
                sound.total.yuan(),
                sound.rollups,
                sound.last_hash
            );
            Ok(ExitCode::SUCCESS)
        }
        Err(parted) => {
            eprintln!("shanhai: the ledger does not hold: {parted}");
            Ok(ExitCode::FAILURE)
        }
    }
}
