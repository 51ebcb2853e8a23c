//! Where objects were allocated, as far as a snapshot with tracked allocations tells.

use super::StrIdx;
use super::cursor::Cursor;
use super::error::Problem;
use super::numbers::{MAX_WIDTH, Part, Table};

/// A call on the stack under which an object was allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Frame {
    /// The name of the function; empty for module code and functions without a name.
    pub function: StrIdx,
    /// The path or URL of its script.
    pub script: StrIdx,
    /// The engine's number of the script.
    pub script_id: u32,
    /// Of the function, 0-based, where it is known.
    pub line: Option<u32>,
    /// Of the function, 0-based, where it is known.
    pub column: Option<u32>,
}

/// Where the numbers of a function stand in its row.
#[derive(Clone, Debug)]
pub(super) struct TraceColumns {
    pub(super) width: usize,
    pub(super) name: usize,
    pub(super) script: usize,
    pub(super) script_id: usize,
    pub(super) line: usize,
    pub(super) column: usize,
}

/// Functions that allocated, or called one that did.
#[derive(Debug)]
pub(super) struct Functions {
    columns: TraceColumns,
    frames: Vec<Frame>,
}

impl Functions {
    pub(super) fn new(columns: TraceColumns) -> Self {
        Self {
            columns,
            frames: Vec::new(),
        }
    }
}

impl Table for Functions {
    type Found = Vec<Frame>;
    type Part<'a> = FunctionPart<'a>;
    const ITEM: &'static str = "function";

    fn width(&self) -> usize {
        self.columns.width
    }

    fn rows(&self) -> usize {
        self.frames.len()
    }

    fn grow(&mut self, rows: &[usize]) -> Result<Vec<FunctionPart<'_>>, Problem> {
        Ok(rows
            .iter()
            .map(|&rows| FunctionPart {
                columns: &self.columns,
                frames: Vec::with_capacity(rows),
            })
            .collect())
    }

    fn merge(&mut self, found: Vec<Vec<Frame>>) {
        self.frames.extend(found.into_iter().flatten());
    }
}

/// Some functions that are being read.
pub(super) struct FunctionPart<'a> {
    columns: &'a TraceColumns,
    frames: Vec<Frame>,
}

impl Part for FunctionPart<'_> {
    type Found = Vec<Frame>;

    fn push(&mut self, row: &[u64]) -> Result<(), String> {
        let columns = self.columns;
        let number = |field: usize, what: &str| {
            u32::try_from(row[field])
                .map_err(|_| format!("has the {what} {}, which is too large", row[field]))
        };
        // Here the engine counts from 1, and 0 is for what it does not know.
        self.frames.push(Frame {
            function: StrIdx(number(columns.name, "name")?),
            script: StrIdx(number(columns.script, "script name")?),
            script_id: number(columns.script_id, "script")?,
            line: number(columns.line, "line")?.checked_sub(1),
            column: number(columns.column, "column")?.checked_sub(1),
        });
        Ok(())
    }

    fn finish(self) -> Self::Found {
        self.frames
    }
}

/// The calls that led to allocations, open first.
#[derive(Debug, Default)]
pub(super) struct Tree {
    calls: Vec<Call>,
}

#[derive(Clone, Copy, Debug)]
struct Call {
    id: u32,
    function: u32,
    /// The caller's index, which is smaller than that of the call; its own where nothing called it.
    caller: u32,
}

impl Tree {
    /// Reads the nested lists of calls, however deep they nest.
    pub(super) fn read(cursor: &mut Cursor, fields: &[String]) -> Result<Self, Problem> {
        let find = |name: &str| fields.iter().position(|field| field == name);
        let (Some(id), Some(function), Some(callees)) =
            (find("id"), find("function_info_index"), find("children"))
        else {
            let what = "`trace_node_fields` lacks `id`, `function_info_index` or `children`";
            return Err(Problem::Meta(what.to_owned()));
        };
        if callees + 1 != fields.len() || fields.len() > MAX_WIDTH {
            let what = "`trace_node_fields` does not end with `children`";
            return Err(Problem::Meta(what.to_owned()));
        }
        let mut calls: Vec<Call> = Vec::new();
        let mut row = vec![0; callees];
        // The calls in whose list of callees we are. Nothing calls the outermost ones.
        let mut open: Vec<u32> = Vec::new();
        let mut is_first = true;
        cursor.expect(b'[')?;
        loop {
            if !cursor.has_next(is_first, b']')? {
                is_first = false;
                if open.pop().is_none() {
                    return Ok(Self { calls });
                }
                continue;
            }
            for field in &mut row {
                *field = cursor.small_number()?;
                cursor.expect(b',')?;
            }
            cursor.expect(b'[')?;
            let index = calls.len() as u32;
            calls.push(Call {
                id: row[id],
                function: row[function],
                caller: open.last().copied().unwrap_or(index),
            });
            open.push(index);
            is_first = true;
        }
    }
}

/// Stacks by their number.
#[derive(Debug)]
pub(super) struct Traces {
    frames: Vec<Frame>,
    calls: Vec<Call>,
    /// Number and index of each call, by number.
    by_id: Vec<(u32, u32)>,
}

impl Traces {
    pub(super) fn new(functions: Functions, tree: Tree, strings: usize) -> Result<Self, Problem> {
        let frames = functions.frames;
        let calls = tree.calls;
        let strange = |frame: &Frame| {
            frame.function.0 as usize >= strings || frame.script.0 as usize >= strings
        };
        if let Some(index) = frames.iter().position(strange) {
            return Err(Problem::OutOfRange {
                section: "trace_function_infos",
                offset: None,
                item: "function",
                index: index as u64,
                what: format!("has a name that is none of the {strings} strings"),
            });
        }
        if let Some(index) = calls
            .iter()
            .position(|call| call.function as usize >= frames.len())
        {
            return Err(Problem::OutOfRange {
                section: "trace_tree",
                offset: None,
                item: "call",
                index: index as u64,
                what: format!(
                    "is of function {}, but there are {}",
                    calls[index].function,
                    frames.len()
                ),
            });
        }
        let mut by_id: Vec<_> = calls
            .iter()
            .zip(0..)
            .map(|(call, index)| (call.id, index))
            .collect();
        by_id.sort_unstable();
        Ok(Self {
            frames,
            calls,
            by_id,
        })
    }

    /// The stack of a number, the innermost call first; empty if there is none.
    pub(super) fn stack(&self, id: u32) -> Vec<Frame> {
        let mut stack = Vec::new();
        let Ok(at) = self.by_id.binary_search_by_key(&id, |call| call.0) else {
            return stack;
        };
        let mut index = self.by_id[at].1;
        loop {
            let call = self.calls[index as usize];
            // What nothing called stands for the engine.
            if call.caller == index {
                return stack;
            }
            stack.push(self.frames[call.function as usize]);
            index = call.caller;
        }
    }
}
