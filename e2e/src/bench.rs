//! Calls measured side by side: two browsers, two windows, one of each, on the same computer in
//! the same run, on a good line and on bad ones. A table for people; nothing fails by a figure.

mod call;
mod latency;

use std::fmt;

use anyhow::Result;

use crate::network::Line;
use call::{Cost, Kind, Pair, Through};

const CHROMIUM: Pair = Pair(Kind::Chromium, Kind::Chromium);
const WINDOWS: Pair = Pair(Kind::Window, Kind::Window);
const MIXED: Pair = Pair(Kind::Window, Kind::Chromium);
const LINES: [Line; 3] = [Line::Lossy(5), Line::Lossy(10), Line::Narrow(500)];

/// What was found.
#[derive(Debug)]
pub struct Report {
    costs: Vec<(Pair, Cost)>,
    /// A row for each pair, a column for each line.
    through: Vec<(Pair, Vec<Through>)>,
}

/// Which calls are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cast {
    /// Only what is compared against.
    Browsers,
    Everybody,
}

/// Holds every call, one after the other.
pub async fn run(cast: Cast) -> Result<Report> {
    let (pairs, on_bad_lines): (&[Pair], &[Pair]) = match cast {
        Cast::Browsers => (&[CHROMIUM], &[CHROMIUM]),
        Cast::Everybody => (&[CHROMIUM, WINDOWS, MIXED], &[CHROMIUM, WINDOWS]),
    };
    let mut report = Report {
        costs: vec![],
        through: vec![],
    };
    for &pair in pairs {
        report.costs.push((pair, call::cost(pair).await?));
    }
    for &pair in on_bad_lines {
        report
            .through
            .push((pair, call::through(pair, &LINES).await?));
    }
    Ok(report)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let compared = self.costs.first().map(|(_, cost)| cost);
        writeln!(
            f,
            "{:22} {:>20} {:>10} {:>22} {:>16}",
            "good line", "CPU ms/frame (≤1.3×)", "shown", "Call→picture (≤1.5×)", "behind (≤+40)"
        )?;
        for (pair, cost) in &self.costs {
            let times = |value: f64, of: fn(&Cost) -> f64| {
                compared.map_or(1.0, |compared| value / of(compared))
            };
            let behind = cost
                .behind
                .map_or("–".to_owned(), |behind| format!("{behind:.0} ms"));
            writeln!(
                f,
                "{:22} {:>20} {:>10} {:>22} {:>16}",
                pair.to_string(),
                format!(
                    "{:.1} ({:.2}×)",
                    cost.processor,
                    times(cost.processor, |cost| cost.processor)
                ),
                format!("{:.0} %", cost.shown * 100.0),
                format!(
                    "{:.0} ms ({:.2}×)",
                    cost.first,
                    times(cost.first, |cost| cost.first)
                ),
                behind
            )?;
        }
        for (pair, found) in &self.through {
            writeln!(f, "\n{pair}")?;
            for (line, through) in LINES.iter().zip(found) {
                let name = match line {
                    Line::Good => "good".to_owned(),
                    Line::Lossy(percent) => format!("{percent} % lost each way"),
                    Line::Narrow(kilobits) => format!("{kilobits} kbit/s"),
                };
                writeln!(
                    f,
                    "  {name:20} {:>5.1} frames/s, longest freeze {:>5.0} ms, {:>4.1} % of the sound made up, {} wide",
                    through.rate,
                    through.freeze,
                    through.concealed * 100.0,
                    through.width
                )?;
            }
        }
        Ok(())
    }
}
