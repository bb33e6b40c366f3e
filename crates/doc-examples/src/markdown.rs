//! Fenced code blocks and code spans of a Markdown text (CommonMark 0.31, 4.5 and 6.1), as Snug's
//! documents use them: a fence begins its line, and a span is within one line.

/// A fenced block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The line of its opening fence. The first line is 1.
    pub line: usize,
    /// The text after the opening fence: the language.
    pub info: String,
    /// Its lines, with their line ends.
    pub text: String,
}

/// The blocks of a text, in order. A block without a closing fence extends to the end of the text.
pub fn blocks(text: &str) -> impl Iterator<Item = Block> {
    let mut lines = text.lines().enumerate();
    std::iter::from_fn(move || {
        let (index, fence) = lines.find(|(_, line)| fence_length(line) > 0)?;
        let length = fence_length(fence);
        let mut text = String::new();
        for (_, line) in lines.by_ref() {
            if fence_length(line) >= length && line.trim_matches('`').trim().is_empty() {
                break;
            }
            text.push_str(line);
            text.push('\n');
        }
        Some(Block {
            line: index + 1,
            info: fence[length..].trim().to_owned(),
            text,
        })
    })
}

/// The code spans outside of blocks.
pub fn code_spans(text: &str) -> impl Iterator<Item = &str> {
    let mut closing = 0;
    text.lines()
        .filter(move |line| {
            let length = fence_length(line);
            let outside = closing == 0 && length == 0;
            if closing == 0 {
                closing = length;
            } else if length >= closing {
                closing = 0;
            }
            outside
        })
        .flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// The number of backquotes that open or close a block on this line: 0, or 3 and more.
fn fence_length(line: &str) -> usize {
    let length = line.len() - line.trim_start_matches('`').len();
    if length < 3 { 0 } else { length }
}

#[cfg(test)]
mod tests {
    use super::{blocks, code_spans};

    #[test]
    fn fenced_blocks_are_found_with_their_lines() {
        let check = |text: &str, expect: &[(usize, &str, &str)]| {
            let found: Vec<_> = blocks(text).collect();
            let found: Vec<_> = found
                .iter()
                .map(|block| (block.line, &*block.info, &*block.text))
                .collect();
            assert_eq!(found, expect, "{text:?}");
        };
        check("no block, `a span`", &[]);
        check("a\n```\nls\n```\nb", &[(2, "", "ls\n")]);
        check("```sh\nls\n\nrm x\n```\n", &[(1, "sh", "ls\n\nrm x\n")]);
        check(
            "```\na\n```\n```\nb\n```\n",
            &[(1, "", "a\n"), (4, "", "b\n")],
        );
        check("````\n```\na\n```\n````\n", &[(1, "", "```\na\n```\n")]);
        check("```\n```\n", &[(1, "", "")]);
        check("```\nnever closed", &[(1, "", "never closed\n")]);
    }

    #[test]
    fn code_spans_in_blocks_are_left_out() {
        let text = "run `a b`, then `c`\n```\n`no`\n```\nand `d`";
        assert_eq!(code_spans(text).collect::<Vec<_>>(), ["a b", "c", "d"]);
    }
}
