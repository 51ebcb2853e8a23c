//! A rule's page: its headings, its prose, and the programs in its fences.
//!
//! Knows the little Markdown that pages use. Must not know what a finding is.

use std::collections::BTreeSet;

use crate::program::{Announced, File, Program};

/// The parts of a page, in this order; a part may be missing where [`REQUIRED`] does not name it.
const PARTS: [&str; 5] = [
    "Why it leaks",
    "Reported",
    "Not reported",
    "How to fix",
    "Limits",
];
const REQUIRED: [&str; 2] = ["Reported", "Not reported"];

/// Languages of a program; the extension of a lone fence's file. Flow is written in `.js` files.
const LANGUAGES: [(&str, &str); 12] = [
    ("js", "js"),
    ("jsx", "jsx"),
    ("mjs", "mjs"),
    ("cjs", "cjs"),
    ("ts", "ts"),
    ("tsx", "tsx"),
    ("mts", "mts"),
    ("cts", "cts"),
    ("flow", "js"),
    ("vue", "vue"),
    ("svelte", "svelte"),
    ("astro", "astro"),
];

/// The heading under which fences show what is printed.
const OUTPUT: &str = "Output";

/// A page, taken apart.
#[derive(Debug)]
pub(crate) struct Page {
    /// Relative to the package: `rules/unbounded-collection.md`.
    path: String,
    title: String,
    sections: Vec<Section>,
}

/// What stands between two headings.
#[derive(Debug, Default)]
struct Section {
    /// 1-based line of the heading.
    line: usize,
    /// The heading of level 2 above the section; empty before the first one.
    part: String,
    /// The heading of level 3, where there is one.
    heading: Option<String>,
    /// Lines outside of fences, with their 1-based numbers.
    prose: Vec<(usize, String)>,
    fences: Vec<Fence>,
}

/// A block of code.
#[derive(Debug)]
struct Fence {
    /// 1-based line of the first line of code.
    line: usize,
    language: String,
    /// `file=store.ts`
    file: Option<String>,
    /// What the fence before it becomes when it is fixed.
    fixed: bool,
    /// By all fixes, not only the safe ones.
    is_unsafe: bool,
    text: String,
}

/// The first paragraph under the title, on one line.
pub(crate) fn summary(page: &str) -> String {
    let lines = page
        .lines()
        .skip_while(|line| line.starts_with('#') || line.is_empty());
    lines
        .take_while(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

impl Page {
    /// Reads a page. Fails where fences cannot be told apart; matters of form are left to [`Page::problems`].
    pub(crate) fn parse(path: &str, text: &str) -> Result<Self, String> {
        let mut page = Self {
            path: path.into(),
            title: String::new(),
            sections: vec![Section::default()],
        };
        let mut lines = (1..).zip(text.lines());
        while let Some((number, line)) = lines.next() {
            let here = format!("{path}:{number}");
            if let Some(info) = line.strip_prefix("```") {
                let mut fence = Fence::opened(info, number + 1)
                    .map_err(|problem| format!("{here}: {problem}"))?;
                loop {
                    match lines.next() {
                        Some((_, "```")) => break,
                        Some((_, code)) => fence.text.extend([code, "\n"]),
                        None => return Err(format!("{here}: the fence has no end")),
                    }
                }
                page.section().fences.push(fence);
            } else if let Some(heading) = line.strip_prefix("### ") {
                let part = page.section().part.clone();
                page.sections.push(Section {
                    line: number,
                    part,
                    heading: Some(heading.into()),
                    ..Section::default()
                });
            } else if let Some(part) = line.strip_prefix("## ") {
                page.sections.push(Section {
                    line: number,
                    part: part.into(),
                    ..Section::default()
                });
            } else if let Some(title) = line.strip_prefix("# ") {
                page.title = title.into();
            } else {
                page.section().prose.push((number, line.into()));
            }
        }
        // Told here, for `programs` relies on it.
        for section in &page.sections {
            section
                .programs(&page.path)
                .map_err(|problem| format!("{path}:{}: {problem}", section.line))?;
        }
        Ok(page)
    }

    /// The section that is being read.
    fn section(&mut self) -> &mut Section {
        self.sections
            .last_mut()
            .expect("a page starts with one section and loses none")
    }

    /// The programs of all fences, in the order of the page.
    pub(crate) fn programs(&self) -> Vec<Program> {
        self.sections
            .iter()
            .flat_map(|section| section.programs(&self.path).unwrap_or_default())
            .collect()
    }

    /// Where the page of rule `id` departs from the form of pages.
    pub(crate) fn problems(&self, id: &str) -> Vec<String> {
        let mut problems = Vec::new();
        let mut complain = |line: usize, problem: String| {
            problems.push(format!("{}:{line}: {problem}", self.path));
        };
        if self.title != id {
            complain(1, format!("the title is not `# {id}`"));
        }
        self.check_summary(&mut complain);

        let parts: Vec<&Section> = self
            .sections
            .iter()
            .filter(|section| section.heading.is_none() && !section.part.is_empty())
            .collect();
        let ranks: Vec<Option<usize>> = parts
            .iter()
            .map(|section| PARTS.iter().position(|part| *part == section.part))
            .collect();
        for (section, rank) in parts.iter().zip(&ranks) {
            if rank.is_none() {
                complain(
                    section.line,
                    format!(
                        "`{}` is not among the headings {}",
                        section.part,
                        PARTS.join(", ")
                    ),
                );
            }
        }
        if !ranks.iter().flatten().is_sorted_by(|a, b| a < b) {
            complain(
                1,
                format!(
                    "the headings do not stand in the order {}",
                    PARTS.join(", ")
                ),
            );
        }
        for required in REQUIRED {
            let tested = self
                .sections
                .iter()
                .any(|section| section.part == required && !section.fences.is_empty());
            if !tested {
                complain(1, format!("no example under `## {required}`"));
            }
        }

        let mut names = BTreeSet::new();
        for section in &self.sections {
            if !names.insert((&section.part, &section.heading)) {
                complain(section.line, "another section has the same heading".into());
            }
            for (line, text) in &section.prose {
                if has_two_sentences(text) {
                    complain(*line, "two sentences on one line".into());
                }
            }
        }
        problems
    }

    fn check_summary(&self, complain: &mut impl FnMut(usize, String)) {
        let head = &self.sections[0].prose;
        let Some(start) = head.iter().position(|(_, text)| !text.is_empty()) else {
            complain(1, "no summary under the title".into());
            return;
        };
        let (line, text) = &head[start];
        if head
            .get(start + 1)
            .is_some_and(|(_, next)| !next.is_empty())
        {
            complain(*line, "the summary takes more than one line".into());
        }
        if text.ends_with(['.', '!', '?', ':']) {
            complain(*line, "the summary ends with a stop".into());
        }
    }
}

/// A stop, a space and a capital outside of code.
fn has_two_sentences(line: &str) -> bool {
    let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("x");
    let stops = prose.match_indices(['.', '!', '?']);
    stops
        .map(|(at, stop)| &prose[at + stop.len()..])
        .any(|rest| {
            rest.strip_prefix(' ')
                .is_some_and(|rest| rest.starts_with(char::is_uppercase))
        })
}

impl Fence {
    fn opened(info: &str, line: usize) -> Result<Self, String> {
        let mut words = info.split_whitespace();
        let language = words.next().unwrap_or_default().to_owned();
        let mut fence = Self {
            line,
            language,
            file: None,
            fixed: false,
            is_unsafe: false,
            text: String::new(),
        };
        for word in words {
            match word.strip_prefix("file=") {
                Some(file) => fence.file = Some(file.into()),
                None if word == "fixed" => fence.fixed = true,
                None if word == "unsafe" && fence.fixed => fence.is_unsafe = true,
                None => return Err(format!("`{word}` is no attribute of a fence")),
            }
        }
        Ok(fence)
    }

    /// The extension of the fence's file, where it holds a program.
    fn extension(&self) -> Option<&'static str> {
        LANGUAGES
            .iter()
            .find(|(language, _)| *language == self.language)
            .map(|(_, extension)| *extension)
    }

    fn to_file(&self, page: &str, path: String) -> File {
        File {
            path,
            text: self.text.clone(),
            origin: page.into(),
            first_line: self.line,
            fixed: None,
        }
    }
}

impl Section {
    /// The programs of the fences: each lone fence is one, those with a file name form one together.
    fn programs(&self, page: &str) -> Result<Vec<Program>, String> {
        if self.heading.as_deref() == Some(OUTPUT) {
            return Ok(Vec::new());
        }
        let name = self.test_name(page);
        let mut lone: Vec<Program> = Vec::new();
        let mut joint = Program {
            name: name.clone(),
            files: Vec::new(),
        };
        for fence in &self.fences {
            let extension = fence.extension();
            match &fence.file {
                _ if fence.fixed => {
                    let candidates = match &fence.file {
                        Some(_) => &mut joint.files,
                        None => lone
                            .last_mut()
                            .map(|program| &mut program.files)
                            .ok_or("nothing to fix")?,
                    };
                    let before = candidates
                        .iter_mut()
                        .rfind(|file| fence.file.as_ref().is_none_or(|name| *name == file.path))
                        .ok_or("nothing to fix")?;
                    before.fixed = Some(Announced {
                        text: fence.text.clone(),
                        is_unsafe: fence.is_unsafe,
                    });
                }
                Some(file) if joint.files.iter().any(|other| other.path == *file) => {
                    return Err(format!("two fences are called `{file}`"));
                }
                Some(file) => joint.files.push(fence.to_file(page, file.clone())),
                None => {
                    let Some(extension) = extension else { continue };
                    let file = fence.to_file(page, format!("fence.{extension}"));
                    lone.push(Program {
                        name: format!("{name}/{}", lone.len() + 1),
                        files: vec![file],
                    });
                }
            }
        }
        if !joint.files.is_empty() {
            lone.push(joint);
        }
        Ok(lone)
    }

    /// `unbounded-collection/reported/keys-that-never-repeat`
    fn test_name(&self, page: &str) -> String {
        let page = page
            .rsplit('/')
            .next()
            .unwrap_or(page)
            .trim_end_matches(".md");
        let mut name = page.to_owned();
        for heading in [Some(self.part.as_str()), self.heading.as_deref()]
            .into_iter()
            .flatten()
        {
            name += "/";
            name += &slug(heading);
        }
        name
    }
}

/// Lowercase letters and digits, joined by hyphens.
fn slug(heading: &str) -> String {
    let words = heading
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}
