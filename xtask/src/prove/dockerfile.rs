//! Parses the Dockerfile: its stages and their instructions. Pure: text in, values out.
//!
//! Invariant: an instruction that is unknown here, or an unknown form of one, is an error.
//! <https://docs.docker.com/reference/dockerfile/>

use anyhow::{Context, Result, bail, ensure};

/// From one `FROM` to the next.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Stage {
    pub(super) image: String,
    pub(super) name: Option<String>,
    pub(super) steps: Vec<Step>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    WorkDir(String),
    Copy {
        /// The stage, or `None` for the build context.
        from: Option<String>,
        sources: Vec<String>,
        to: String,
    },
    /// For a shell.
    Run(String),
    Env(Vec<(String, String)>),
    Expose(u16),
    User(String),
    /// A program and its arguments.
    HealthCheck(Vec<String>),
    StopSignal(String),
    EntryPoint(Vec<String>),
}

pub(super) fn read(text: &str) -> Result<Vec<Stage>> {
    let mut stages: Vec<Stage> = Vec::new();
    for line in instructions(text) {
        let (word, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let rest = rest.trim();
        if word == "FROM" {
            stages.push(stage(rest)?);
            continue;
        }
        let stage = stages
            .last_mut()
            .context("The Dockerfile does not begin with FROM.")?;
        stage.steps.push(step(word, rest)?);
    }
    Ok(stages)
}

/// Lines without comments. Lines that end in a backslash are joined with the next one.
fn instructions(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
    {
        let (words, continued) = match line.trim_end().strip_suffix('\\') {
            Some(words) => (words, true),
            None => (line, false),
        };
        match found.last_mut() {
            Some(last) if goes_on => last.push_str(words.trim_start()),
            Some(_) | None if !words.trim().is_empty() => found.push(words.to_owned()),
            Some(_) | None => {}
        }
        goes_on = continued;
    }
    found
}

fn stage(rest: &str) -> Result<Stage> {
    let words: Vec<_> = rest.split_whitespace().collect();
    let (image, name) = match words[..] {
        [image] => (image, None),
        [image, "AS", name] => (image, Some(name.to_owned())),
        _ => bail!("FROM {rest}: write FROM IMAGE or FROM IMAGE AS NAME."),
    };
    Ok(Stage {
        image: image.to_owned(),
        name,
        steps: Vec::new(),
    })
}

fn step(word: &str, rest: &str) -> Result<Step> {
    Ok(match word {
        "WORKDIR" => Step::WorkDir(rest.to_owned()),
        "COPY" => copy(rest)?,
        "RUN" => Step::Run(rest.to_owned()),
        "ENV" => Step::Env(variables(rest)?),
        "EXPOSE" => Step::Expose(rest.parse().with_context(|| format!("EXPOSE {rest}"))?),
        "USER" => Step::User(rest.to_owned()),
        "STOPSIGNAL" => Step::StopSignal(rest.to_owned()),
        "ENTRYPOINT" => Step::EntryPoint(words(rest)?),
        "HEALTHCHECK" => {
            let (_, command) = rest.split_once("CMD ").context("HEALTHCHECK without CMD")?;
            Step::HealthCheck(words(command)?)
        }
        _ => bail!("{word} {rest}: this proof does not know that instruction."),
    })
}

fn copy(rest: &str) -> Result<Step> {
    let mut words: Vec<_> = rest.split_whitespace().collect();
    let from = words.first().and_then(|word| word.strip_prefix("--from="));
    if from.is_some() {
        words.remove(0);
    }
    let to = words.pop().with_context(|| format!("COPY {rest}"))?;
    ensure!(
        !words.is_empty() && !words.iter().any(|word| word.starts_with("--")),
        "COPY {rest}: this proof knows --from alone."
    );
    Ok(Step::Copy {
        from: from.map(str::to_owned),
        sources: words.into_iter().map(str::to_owned).collect(),
        to: to.to_owned(),
    })
}

fn variables(rest: &str) -> Result<Vec<(String, String)>> {
    rest.split_whitespace()
        .map(|word| {
            let (name, value) = word
                .split_once('=')
                .with_context(|| format!("ENV {rest}"))?;
            Ok((name.to_owned(), value.to_owned()))
        })
        .collect()
}

/// The JSON form: `["a", "b"]`. Its only escapes are those of a quote and of a backslash.
fn words(text: &str) -> Result<Vec<String>> {
    let inner = text
        .trim()
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .with_context(|| format!("{text}: write [\"PROGRAM\", \"ARGUMENT\"]."))?;
    let (mut found, mut word) = (Vec::new(), None);
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        match (&mut word, letter) {
            (None, '"') => word = Some(String::new()),
            (None, _) => {}
            (Some(_), '"') => found.extend(word.take()),
            (Some(word), '\\') => match letters.next() {
                Some(escaped @ ('"' | '\\')) => word.push(escaped),
                other => bail!("{text}: this proof does not know the escape {other:?}."),
            },
            (Some(word), letter) => word.push(letter),
        }
    }
    ensure!(word.is_none(), "{text}: a quote is not closed.");
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{Step, read};

    fn steps(text: &str) -> Vec<Step> {
        let stages = read(&format!("FROM debian AS base\n{text}")).expect("it can be read");
        let [stage] = &stages[..] else {
            panic!("one stage of {text}")
        };
        assert_eq!(
            (stage.image.as_str(), stage.name.as_deref()),
            ("debian", Some("base"))
        );
        read(&format!("FROM debian\n{text}"))
            .expect("it can be read")
            .remove(0)
            .steps
    }

    fn strings(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn dockerfile_instructions_are_read() {
        let check = |text: &str, expect: Step| assert_eq!(steps(text), [expect], "{text}");
        check("WORKDIR /snug", Step::WorkDir("/snug".to_owned()));
        check("RUN a && \\\n    b", Step::Run("a && b".to_owned()));
        check(
            "COPY --from=x /a /b /c/",
            Step::Copy {
                from: Some("x".to_owned()),
                sources: strings(&["/a", "/b"]),
                to: "/c/".to_owned(),
            },
        );
        check(
            "ENV A=1 B=x:2",
            Step::Env(vec![
                ("A".to_owned(), "1".to_owned()),
                ("B".to_owned(), "x:2".to_owned()),
            ]),
        );
        check(
            r#"HEALTHCHECK --interval=1s CMD ["a", "say \\r \"b\""]"#,
            Step::HealthCheck(strings(&["a", r#"say \r "b""#])),
        );
        check("# no\nUSER 1:1", Step::User("1:1".to_owned()));
        check("EXPOSE 8787", Step::Expose(8787));
    }

    #[test]
    fn unknown_dockerfile_instruction_is_refused() {
        for text in [
            "RUN first",
            "FROM a b c",
            "FROM a\nADD x y",
            "FROM a\nCOPY --chown=1 x y",
            "FROM a\nENTRYPOINT signal-server",
            "FROM a\nENTRYPOINT [\"a]",
            "FROM a\nEXPOSE all",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
