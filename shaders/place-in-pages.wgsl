// place-in-pages: stored rows of one layer -> the pages of an engine with a paged cache. Gathers the slices end to end,
// rotates keys to their new positions, casts. Caller: src/kernels/place-in-pages.ts.
// Meaning in plain loops: src/kernels/place-in-pages.reference.ts
//
// One invocation makes two neighbouring elements of one row of one head, in keys and in values: two 16-bit
// elements share a word, so nobody else writes to it, and the device needs no `shader-f16`.
//
//  0 params   sizes, in elements and slots
//  1 rows     [rows] (element in `stored` where the row's keys of head 0 start, tokens of its slice)
//  2 cos_sin  [rows][half_rotary] f32 pairs: the angles of each row's new position
//  3 stored   [keys, values][slice][kv_head][token][head_dim], f32, or f16 two to a word
//  4 pages    [page][keys, values][kv_head][16][head_dim], f32, or f16 two to a word

override stored_is_half: bool;
override target_is_half: bool;
override adjacent_pairs: bool;

struct Params {
  kv_heads: u32,
  head_dim: u32,
  half_rotary: u32,
  rows: u32,
  capacity: u32,
  first_row: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> rows: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read> cos_sin: array<vec2<f32>>;
@group(0) @binding(3) var<storage, read> stored: array<u32>;
@group(0) @binding(4) var<storage, read_write> pages: array<u32>;

const half_max = 65504.0;
const page_slots = 16u;

fn load(element: u32) -> f32 {
  if (stored_is_half) {
    return unpack2x16float(stored[element / 2u])[element % 2u];
  }
  return bitcast<f32>(stored[element]);
}

// Element `dim` of the key that starts at `start`, turned forward. Pair i: (i, i + half_rotary), or (2i, 2i + 1).
fn rotated(start: u32, row: u32, dim: u32) -> f32 {
  let x = load(start + dim);
  if (dim >= 2u * params.half_rotary) {
    return x;
  }
  let pair = select(dim % params.half_rotary, dim / 2u, adjacent_pairs);
  let apart = select(params.half_rotary, 1u, adjacent_pairs);
  let angle = cos_sin[row * params.half_rotary + pair];
  if (dim == select(pair, 2u * pair, adjacent_pairs)) {
    return x * angle.x - load(start + dim + apart) * angle.y;
  }
  return x * angle.x + load(start + dim - apart) * angle.y;
}

fn pack(pair: vec2<f32>) -> u32 {
  return pack2x16float(clamp(pair, vec2(-half_max), vec2(half_max)));
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let pairs = params.head_dim / 2u;
  let id = (group.y * groups.x + group.x) * 64u + local;
  if (id >= params.kv_heads * params.rows * pairs) {
    return;
  }
  let dim = 2u * (id % pairs);
  let row = (id / pairs) % params.rows;
  let head = id / (pairs * params.rows);

  let start = rows[row].x + head * rows[row].y * params.head_dim;
  let keys = vec2(rotated(start, row, dim), rotated(start, row, dim + 1u));
  let values = start + params.kv_heads * params.rows * params.head_dim + dim;
  let slot = params.first_row + row;
  if (slot >= params.capacity) {
    return;
  }
  let key_block = 2u * (slot / page_slots) * params.kv_heads + head;
  let to_keys = (key_block * page_slots + slot % page_slots) * params.head_dim + dim;
  let to_values = to_keys + params.kv_heads * page_slots * params.head_dim;

  if (target_is_half) {
    pages[to_keys / 2u] = pack(keys);
    if (stored_is_half) {
      pages[to_values / 2u] = stored[values / 2u];
    } else {
      pages[to_values / 2u] = pack(vec2(load(values), load(values + 1u)));
    }
  } else {
    pages[to_keys] = bitcast<u32>(keys.x);
    pages[to_keys + 1u] = bitcast<u32>(keys.y);
    if (stored_is_half) {
      pages[to_values] = bitcast<u32>(load(values));
      pages[to_values + 1u] = bitcast<u32>(load(values + 1u));
    } else {
      pages[to_values] = stored[values];
      pages[to_values + 1u] = stored[values + 1u];
    }
  }
}
