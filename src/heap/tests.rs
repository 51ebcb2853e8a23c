//! Snapshots that are whole in odd ways, and such that are not.

use std::io::{Read, Write};

use flate2::{Compression, write::GzEncoder};

use super::fixture::{Random, Snapshot, object};
use super::*;

/// A root, a closure with a context, a map with entries, a detached element, something weak.
fn small() -> Snapshot {
    let mut made = Snapshot::new();
    let closure = made.node("closure", "load", 64);
    let context = made.node("object", "system / Context", 32);
    let map = made.node("object", "Map", 40);
    let table = made.node("array", "", 1 << 33);
    let key = made.node("string", "käse \"😀\" \\ \0\n", 24);
    let element = made.node("native", "<div>", 100);
    made.nodes[element].detachedness = 2;
    made.nodes[key].detachedness = 1;
    let number = made.node("object shape", "system / Map", 12);
    made.edge(0, "element", "1", closure);
    made.edge(0, "shortcut", "global", element);
    made.edge(closure, "internal", "context", context);
    made.edge(closure, "property", "name", key);
    made.edge(context, "context", "sessions", map);
    made.edge(map, "internal", "table", table);
    made.edge(table, "element", "4294967295", key);
    made.edge(table, "hidden", "3", element);
    made.edge(table, "weak", "5", number);
    made.edge(element, "shortcut", "short", number);
    made.edge(element, "property", "own", element);
    made.location(closure, 7, 10, 4);
    made.location(map, 7, 0, 0);
    made
}

/// All that can be asked of a heap; asking must not fail.
fn described(heap: &Heap) -> String {
    use std::fmt::Write;
    let dominators = Dominators::of(heap);
    let tree = dominators.tree();
    let distances = Distances::of(heap);
    let retainers = Retainers::of(heap);
    let mut text = format!("root {:?}, {} edges\n", heap.root(), heap.edge_count());
    for node in heap.nodes() {
        writeln!(
            text,
            "{} {:?} {:?} #{} {} bytes {:?} {:?} {:?}",
            node.0,
            heap.kind(node),
            heap.name(node),
            heap.id(node),
            heap.shallow_size(node),
            heap.detachedness(node),
            heap.location(node),
            heap.allocation_stack(node),
        )
        .unwrap();
        writeln!(
            text,
            "  dominated by {:?}, retains {}, distance {:?}, {} dominated",
            dominators.immediate(node),
            dominators.retained_size(node),
            distances.get(node),
            tree.dominated(node).len(),
        )
        .unwrap();
        for edge in heap.edges(node) {
            let label = match edge.label {
                EdgeLabel::Name(name) => heap.string(name),
                EdgeLabel::Index(index) => index.to_string().into(),
            };
            let (kind, to, is_essential) = (edge.kind, edge.to.0, is_essential(edge));
            writeln!(text, "  {kind:?} {label:?} to {to} {is_essential}").unwrap();
            assert!(
                retainers
                    .to(heap, edge.to)
                    .any(|(from, other)| (from, other) == (node, edge))
            );
        }
    }
    text
}

fn read(text: impl Into<Vec<u8>>) -> Result<Heap, Error> {
    Heap::from_bytes(text.into(), "f")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_snapshot_is_read_as_it_was_made() {
    insta::assert_snapshot!(described(&small().heap()));
}

#[test]
fn every_layout_gives_the_same_graph() {
    let expected = described(&small().heap());
    let check = |layout: &str, text: String| {
        assert_eq!(described(&read(text).unwrap()), expected, "{layout}");
    };
    let mut newer = small();
    newer.node_fields.retain(|field| *field != "trace_node_id");
    check("six fields", newer.text());
    let mut shuffled = small();
    shuffled.node_fields.reverse();
    shuffled.node_fields.push("of_the_future");
    shuffled.edge_fields.rotate_left(1);
    check("fields in another order", shuffled.text());
    check("one line", small().text().replace('\n', ""));
    check("other line ends", small().text().replace('\n', "\r\n"));
    let airy = small().text();
    let airy: String = airy
        .split_inclusive([',', '[', ']'])
        .flat_map(|part| [part, " \t\n "])
        .collect();
    check("white space", airy.replace("\":", "\" :\t"));
    check("a byte order mark", format!("\u{feff}{}", small().text()));
    let mut parts = small().parts();
    parts[1..].reverse();
    check("parts in another order", object(&parts));
    let mut more = small();
    more.extra.push((
        "of_the_future",
        r#"{"a":["]",{}, "\""],"b":null}"#.to_owned(),
    ));
    more.extra.push(("samples", "[0,1,2,3]".to_owned()));
    more.extra.push(("next", "-1.5e3".to_owned()));
    check("unknown parts", more.text());
    check("something after the end", small().text() + "\0\0");
    let mut brief = small().parts();
    brief.retain(|part| !part.0.starts_with("trace_") && part.0 != "samples");
    check("no traces", object(&brief));
}

#[test]
fn blocks_may_end_anywhere() {
    let text = small().text().into_bytes();
    let expected = described(&small().heap());
    for block in (1..200).chain([text.len() - 1, text.len(), text.len() + 1]) {
        let reader = io::Cursor::new(text.clone());
        let heap = Heap::parse(reader, None, "f", block).unwrap();
        assert_eq!(described(&heap), expected, "{block}");
    }
}

#[test]
fn gzip_and_slow_streams_are_read() {
    /// Gives a byte at a time.
    struct Slow(io::Cursor<Vec<u8>>);
    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let end = buffer.len().min(1);
            self.0.read(&mut buffer[..end])
        }
    }
    let expected = described(&small().heap());
    let text = small().text().into_bytes();
    let packed = gzip(&text);
    let mut twice = gzip(&text[..100]);
    twice.extend(gzip(&text[100..]));
    for bytes in [text, packed, twice] {
        assert_eq!(described(&read(bytes.clone()).unwrap()), expected);
        let heap = Heap::read(Slow(io::Cursor::new(bytes)), "f").unwrap();
        assert_eq!(described(&heap), expected);
    }
}

#[test]
fn large_snapshots_are_read_in_pieces() {
    let mut random = Random(7);
    let mut made = Snapshot::new();
    for node in 1..60_000 {
        made.node(
            "object",
            ["A", "B", "C"][node % 3],
            random.below(1000) as u64,
        );
        made.edge(random.below(node), "property", "next", node);
        made.edge(
            node,
            "element",
            &random.below(1 << 32).to_string(),
            random.below(node + 1),
        );
    }
    let heap = made.heap();
    assert_eq!(heap.len(), made.nodes.len());
    for (node, expected) in heap.nodes().zip(&made.nodes) {
        assert_eq!(heap.shallow_size(node), expected.size);
        assert_eq!(heap.name_id(node).0 as usize, expected.name);
        let edges = heap.edges(node).map(|edge| match edge.label {
            EdgeLabel::Name(name) => [2, name.0 as usize, edge.to.index()],
            EdgeLabel::Index(index) => [1, index as usize, edge.to.index()],
        });
        assert!(edges.eq(expected.edges.iter().copied()), "{node:?}");
    }
}

#[test]
fn values_of_a_weak_map_are_kept_by_their_keys() {
    let mut made = Snapshot::new();
    let [table, key, value] = ["T", "K", "V"].map(|name| made.node("object", name, 10));
    made.edge(0, "property", "table", table);
    made.edge(0, "property", "key", key);
    let label = format!(
        "1 / part of key (K @1) -> value (V @2) pair in WeakMap (table @{})",
        2 * table + 1
    );
    made.edge(table, "internal", &label, value);
    made.edge(key, "internal", &label, value);
    let heap = made.heap();
    let [table, key, value] = [table, key, value].map(|node| NodeIdx(node as u32));
    let essential = |from| heap.edges(from).filter(|edge| is_essential(*edge)).count();
    assert_eq!((essential(table), essential(key)), (0, 1));
    assert_eq!(Dominators::of(&heap).immediate(value), Some(key));
}

#[test]
fn strings_are_found_without_decoding_all() {
    let heap = small().heap();
    let [map, odd, none] = heap.find_strings(["Map", "käse \"😀\" \\ \0\n", "Ma"]);
    assert_eq!(heap.string(map.unwrap()), "Map");
    assert!(heap.is_string(odd.unwrap(), "käse \"😀\" \\ \0\n"));
    assert_eq!(none, None);
    assert_eq!(heap.find_string("Map"), map);
}

#[test]
fn tracked_allocations_have_a_stack() {
    let mut made = small();
    made.traces = 3;
    let (script, main, open) = (
        made.string("/app/a.js"),
        made.string("main"),
        made.string("open"),
    );
    made.extra.push((
        "trace_function_infos",
        format!("[0,{main},{main},0,0,0\n,11,{main},{script},5,1,1\n,12,{open},{script},5,21,10]"),
    ));
    made.extra.push((
        "trace_tree",
        "[1,0,0,0,[2,1,0,0,[4,2,1,12,[]],3,2,1,12,[]]]".to_owned(),
    ));
    made.nodes[3].trace = 4;
    made.nodes[4].trace = 9;
    let heap = made.heap();
    let stack = heap.allocation_stack(NodeIdx(3)).unwrap();
    let described: Vec<_> = stack
        .iter()
        .map(|frame| {
            (
                heap.string(frame.function),
                heap.string(frame.script),
                frame.line,
                frame.column,
            )
        })
        .collect();
    assert_eq!(
        described,
        [
            ("open".into(), "/app/a.js".into(), Some(20), Some(9)),
            ("main".into(), "/app/a.js".into(), Some(0), Some(0)),
        ]
    );
    assert_eq!(heap.allocation_stack(NodeIdx(4)), None);
    assert_eq!(heap.allocation_stack(NodeIdx(1)), None);
}

/// What is said of each file.
fn told(cases: Vec<(&str, Vec<u8>)>) -> String {
    let told = cases.into_iter().map(|(case, bytes)| match read(bytes) {
        Ok(_) => format!("{case}: fine"),
        Err(error) => format!("{case}: {error}"),
    });
    told.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_is_no_snapshot_is_called_what_it_is() {
    insta::assert_snapshot!(told(vec![
        ("nothing", Vec::new()),
        ("white space", b" \n".to_vec()),
        ("HTML", b"<!doctype html><title>Sign in</title>".to_vec()),
        ("zip", b"PK\x03\x04....".to_vec()),
        ("zstd", b"\x28\xb5\x2f\xfd....".to_vec()),
        ("UTF-16", b"\xff\xfe{\0".to_vec()),
        ("text", b"FATAL ERROR: heap out of memory".to_vec()),
        ("a list", b"[1,2]".to_vec()),
        ("another object", br#"{"name":"x","version":1}"#.to_vec()),
        ("an empty object", b"{}".to_vec()),
        (
            "JavaScriptCore",
            br#"{"version":2,"type":"Inspector","nodes":[0,0,0,0],"nodeClassNames":["<root>"],"edges":[]}"#.to_vec(),
        ),
        (
            "an allocation profile",
            br#"{"head":{"callFrame":{"functionName":"(root)"},"selfSize":0,"children":[]},"samples":[]}"#.to_vec(),
        ),
        (
            "a CPU profile",
            br#"{"nodes":[{"id":1,"callFrame":{}}],"startTime":1,"endTime":2,"samples":[1],"timeDeltas":[0]}"#.to_vec(),
        ),
        ("a trace", br#"{"traceEvents":[{}],"metadata":{}}"#.to_vec()),
    ]));
}

#[test]
fn a_cut_file_tells_how_far_it_goes() {
    let text = small().text();
    let whole = text.trim_end().as_bytes();
    let packed = gzip(whole);
    let end_of = |part: &str| text.find(part).unwrap() + part.len();
    insta::assert_snapshot!(told(vec![
        ("cut in the header", whole[..100].to_vec()),
        (
            "cut in the nodes",
            whole[..end_of("\"nodes\":") + 60].to_vec()
        ),
        (
            "cut in the edges",
            whole[..end_of("\"edges\":") + 30].to_vec()
        ),
        (
            "cut in the locations",
            whole[..end_of("\"locations\":") + 5].to_vec()
        ),
        (
            "cut in the strings",
            whole[..end_of("\"strings\":") + 50].to_vec()
        ),
        ("cut before the end", whole[..whole.len() - 1].to_vec()),
        ("packed and cut", packed[..packed.len() * 9 / 10].to_vec()),
    ]));
}

/// The small snapshot with a change of its text.
fn changed(from: &str, to: &str) -> Vec<u8> {
    let whole = small().text();
    assert!(whole.contains(from), "{from}");
    whole.replacen(from, to, 1).into_bytes()
}

/// The small snapshot with another part.
fn with(name: &'static str, value: &str) -> Vec<u8> {
    let mut made = small();
    made.extra.push((name, value.to_owned()));
    made.text().into_bytes()
}

#[test]
fn what_is_wrong_with_a_number_is_said() {
    let mut aimless = small();
    aimless.nodes[3].edges[0][2] = 8;
    let mut nameless = small();
    nameless.nodes[3].edges[0][1] = 800;
    insta::assert_snapshot!(told(vec![
        ("a letter for a digit", changed("\n,5,1,3", "\n,5,x,3")),
        ("a negative number", changed("\n,5,1,3", "\n,5,-1,3")),
        ("a fraction", changed("\n,5,1,3", "\n,5,1.5,3")),
        ("a missing number", changed("\n,5,1,3", "\n,5,,3")),
        (
            "a huge number",
            changed("\n,5,1,3", "\n,5,99999999999999999999999,3")
        ),
        ("a large number", changed("\n,5,1,3", "\n,5,9999999999,3")),
        ("an unknown type", changed("\n,5,1,3", "\n,15,1,3")),
        ("an unknown string", changed("\n,5,1,3", "\n,5,999,3")),
        ("an edge count", changed("\n,5,1,3,64,2", "\n,5,1,3,64,3")),
        (
            "huge edge counts",
            changed("\n,5,1,3,64,2", "\n,5,1,3,64,4294967295")
        ),
        ("a number too many", changed("\n,5,1,3", "\n,5,5,1,3")),
        ("an unknown type of edge", with("edges", "[1,1,7\n,7,2,7]")),
        ("an edge between nodes", with("edges", "[1,1,7\n,1,2,8]")),
        ("an edge to nowhere", aimless.text().into_bytes()),
        ("an edge far away", with("edges", "[1,1,99999999999]")),
        ("an unnamed edge", nameless.text().into_bytes()),
        ("a location of nothing", with("locations", "[70,1,2,3]")),
        ("a part of a location", with("locations", "[7,1,2,3,14,1]")),
    ]));
}

#[test]
fn what_is_wrong_with_a_part_is_said() {
    let whole = small().text();
    let without = |name: &str| {
        let mut parts = small().parts();
        parts.retain(|part| part.0 != name);
        object(&parts).into_bytes()
    };
    let traced = |tree: &str| {
        let mut made = small();
        made.traces = 1;
        made.extra
            .push(("trace_function_infos", "[0,0,0,0,0,0]".to_owned()));
        made.extra.push(("trace_tree", tree.to_owned()));
        made.text().into_bytes()
    };
    let mut late = small().parts();
    late.swap(0, 1);
    let packed = gzip(whole.as_bytes());
    insta::assert_snapshot!(told(vec![
        ("broken JSON", br#"{"snapshot" 1}"#.to_vec()),
        ("packed and broken", [&packed[..10], &[0xff; 40]].concat()),
        ("an unknown call", traced("[1,7,0,0,[]]")),
        ("a broken tree of calls", traced("[1,0,0,0,[")),
        ("no nodes", with("nodes", "[]")),
        ("nodes that are no list", with("nodes", "{}")),
        ("nodes twice", changed("\"samples\":", "\"nodes\":")),
        ("no root", Snapshot::new().text().into_bytes()),
        (
            "a root between nodes",
            changed("\"node_count\"", "\"root_index\":3,\"node_count\"")
        ),
        ("no edges", without("edges")),
        ("no strings", without("strings")),
        ("the header too late", object(&late).into_bytes()),
        ("no fields", changed("\"node_fields\"", "\"old_fields\"")),
        ("no size", changed("self_size", "size")),
        ("no types", changed("\"node_types\"", "\"types\"")),
        ("a header that is none", with("snapshot", "[1]")),
    ]));
}

#[test]
fn counts_that_lie_cost_nothing() {
    let text = small().text();
    let counts = [
        "\"node_count\":8",
        "\"edge_count\":11",
        "\"trace_function_count\":0",
    ];
    for count in counts {
        assert!(text.contains(count), "{count}");
        for lie in ["18446744073709551615", "4294967296", "1", "0"] {
            let name = &count[..=count.find(':').unwrap()];
            let heap = read(text.replace(count, &format!("{name}{lie}"))).unwrap();
            assert_eq!(described(&heap), described(&small().heap()), "{name}{lie}");
        }
    }
}

#[test]
fn a_long_way_of_nothing_is_refused() {
    let mut text = small().text();
    let at = text.find("\"nodes\":[").unwrap() + 9;
    text.insert_str(at, &" ".repeat(10 << 20));
    let error = read(text).unwrap_err().to_string();
    assert!(error.contains("a whole number expected"), "{error}");
}

#[test]
fn deep_nesting_is_no_danger() {
    let mut made = small();
    made.traces = 1;
    let depth = 200_000;
    made.extra
        .push(("trace_function_infos", "[0,0,0,0,0,0]".to_owned()));
    made.extra.push((
        "trace_tree",
        "[1,0,0,0,".repeat(depth) + "[" + &"]".repeat(depth + 1),
    ));
    made.extra
        .push(("samples", "[".repeat(depth) + &"]".repeat(depth)));
    made.nodes[3].trace = 1;
    assert_eq!(made.heap().len(), small().nodes.len());
}

/// Whatever happens to a file, there is an error or a graph that can be walked.
#[test]
fn damage_is_no_danger() {
    let whole = small().text().into_bytes();
    let mut random = Random(42);
    let mut refused = 0;
    for end in 0..whole.trim_ascii_end().len() {
        read(&whole[..end]).unwrap_err();
    }
    for _ in 0..3000 {
        let mut bytes = whole.clone();
        for _ in 0..=random.below(3) {
            damage(&mut bytes, &mut random);
        }
        match read(bytes) {
            Ok(heap) => {
                described(&heap);
            }
            Err(error) => {
                assert!(!error.to_string().is_empty());
                refused += 1;
            }
        }
    }
    assert!(refused > 1000, "{refused}");
}

fn damage(bytes: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(bytes.len());
    let digits: Vec<usize> = (0..bytes.len())
        .filter(|at| bytes[*at].is_ascii_digit())
        .collect();
    match random.below(6) {
        0 => bytes.truncate(at.max(1)),
        1 | 2 if !digits.is_empty() => {
            let digit = digits[random.below(digits.len())];
            bytes[digit] = b'0' + random.below(10) as u8;
        }
        3 => bytes[at] = b"[]{},:\"\\ 9\n\0\xff"[random.below(13)],
        4 => {
            let length = random.below(20).min(bytes.len() - at);
            bytes.drain(at..at + length);
        }
        _ => {
            let from = random.below(bytes.len());
            let piece = bytes[from..(from + random.below(40)).min(bytes.len())].to_vec();
            bytes.splice(at..at, piece);
        }
    }
}
