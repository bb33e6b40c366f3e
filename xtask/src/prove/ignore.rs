//! The files of the checkout that a build context contains, by `Dockerfile.dockerignore`. Pure.
//! <https://docs.docker.com/build/concepts/context/#dockerignore-files>

/// The patterns, in order. The last one that matches a path decides.
#[derive(Debug)]
pub(super) struct Ignored<'a>(Vec<Pattern<'a>>);

#[derive(Debug)]
struct Pattern<'a> {
    leaves_out: bool,
    parts: Vec<&'a str>,
}

impl<'a> Ignored<'a> {
    pub(super) fn read(text: &'a str) -> Self {
        let lines = text.lines().map(str::trim);
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        Self(
            lines
                .map(|line| Pattern {
                    leaves_out: !line.starts_with('!'),
                    parts: line.trim_start_matches('!').split('/').collect(),
                })
                .collect(),
        )
    }

    /// A path from the top of the checkout, with `/` between its parts.
    pub(super) fn leaves_out(&self, path: &str) -> bool {
        let parts: Vec<_> = path.split('/').collect();
        let mut decided = false;
        for pattern in &self.0 {
            // A pattern that matches a folder applies to everything in it.
            if (1..=parts.len()).any(|length| matches(&pattern.parts, &parts[..length])) {
                decided = pattern.leaves_out;
            }
        }
        decided
    }
}

fn matches(pattern: &[&str], path: &[&str]) -> bool {
    match (pattern, path) {
        ([], []) => true,
        (["**", rest @ ..], _) => (0..=path.len()).any(|skipped| matches(rest, &path[skipped..])),
        ([first, rest @ ..], [name, below @ ..]) => {
            (*first == "*" || first == name) && matches(rest, below)
        }
        ([], _) | ([_, ..], []) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::Ignored;

    #[test]
    fn dockerignore_exceptions_are_included() {
        let ignored = Ignored::read("# a\n*\n!ui\n!Cargo.toml\n**/node_modules\nui/dist\n");
        for (path, expect) in [
            ("Cargo.toml", false),
            ("Cargo.lock", true),
            ("docs/a.md", true),
            ("ui/src/main.tsx", false),
            ("ui/dist/index.html", true),
            ("ui/src/dist/a", false),
            ("ui/node_modules/a/b", true),
            ("node_modules", true),
        ] {
            assert_eq!(ignored.leaves_out(path), expect, "{path}");
        }
    }
}
