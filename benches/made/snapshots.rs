//! Heap snapshots made by code, as large as asked for.
//!
//! Must not know what is measured.

use std::fmt::Write as _;

/// The text of a snapshot of so many nodes: each is held by one or two of those before it.
pub(crate) fn snapshot(nodes: usize) -> String {
    // Of each node the nodes that it holds.
    let mut held: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    for node in 1..nodes {
        held[node / 3].push(node);
        if node % 2 == 0 {
            held[node - 1].push(node);
        }
    }
    let edges: usize = held.iter().map(Vec::len).sum();
    let mut text = format!(
        r#"{{"snapshot":{{"meta":{{"node_fields":["type","name","id","self_size","edge_count","trace_node_id","detachedness"],"node_types":[["hidden","object","synthetic"],"string","number","number","number","number","number"],"edge_fields":["type","name_or_index","to_node"],"edge_types":[["context","element","property"],"string_or_number","node"],"trace_function_info_fields":[],"trace_node_fields":[],"sample_fields":[],"location_fields":["object_index","script_id","line","column"]}},"node_count":{nodes},"edge_count":{edges},"trace_function_count":0}},
"nodes":["#
    );
    // Writing to a string cannot fail.
    for (node, held) in held.iter().enumerate() {
        let (kind, comma) = if node == 0 { (2, "") } else { (1, "\n,") };
        let (id, size) = (2 * node + 1, 16 + node % 64);
        let _ = write!(text, "{comma}{kind},0,{id},{size},{},0,0", held.len());
    }
    text.push_str("],\n\"edges\":[");
    let mut comma = "";
    for held in &held {
        for (position, to) in held.iter().enumerate() {
            let _ = write!(text, "{comma}1,{position},{}", to * 7);
            comma = "\n,";
        }
    }
    text.push_str("],\n\"trace_function_infos\":[],\n\"trace_tree\":[],\n\"samples\":[],\n\"locations\":[],\n\"strings\":[\"\"]}\n");
    text
}
