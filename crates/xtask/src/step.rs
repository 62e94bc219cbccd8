//! Numbered headings while a long command works, and how long each part took.

use anyhow::{Context, Result};
use std::time::{Duration, Instant};

pub struct Step<'a> {
    pub title: &'static str,
    pub work: Box<dyn Fn() -> Result<()> + 'a>,
}

/// Does the steps in order and stops at the first that fails.
pub fn run_all(steps: &[Step<'_>]) -> Result<()> {
    let start = Instant::now();
    let mut times = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let number = format!("[{}/{}]", index + 1, steps.len());
        println!("\n{number} {} ({} so far)", step.title, spell(start.elapsed()));
        let began = Instant::now();
        (step.work)().with_context(|| format!("step {number} {}", step.title))?;
        times.push(began.elapsed());
    }
    println!("\nAll {} steps passed.", steps.len());
    for (step, time) in steps.iter().zip(&times) {
        println!("  {:>10}  {}", spell(*time), step.title);
    }
    println!("  {:>10}  in all", spell(start.elapsed()));
    Ok(())
}

/// "0.4 s", "12.0 s", "3 min 05 s".
pub fn spell(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{seconds}.{} s", time.subsec_millis() / 100)
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_spelled_as_people_say_them() {
        assert_eq!(spell(Duration::from_millis(449)), "0.4 s");
        assert_eq!(spell(Duration::from_secs(59)), "59.0 s");
        assert_eq!(spell(Duration::from_secs(185)), "3 min 05 s");
    }
}
