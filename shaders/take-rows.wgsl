// take-rows: rows of one layer of the engine's buffers -> the layout of a slice. Turns keys back from their
// positions, casts. Caller: src/kernels/take-rows.ts.
// Meaning in plain loops: src/kernels/take-rows.reference.ts
//
// One invocation makes two neighbouring elements of one row of one head, in keys and in values: two 16-bit
// elements share a word, so nobody else writes to it, and the device needs no `shader-f16`.
//
//  0 params         sizes, in elements and rows
//  1 cos_sin        [rows][half_rotary] f32 pairs: the angles of each row's position
//  2 source_keys    [kv_head][capacity][head_dim], f32, or f16 two to a word
//  3 source_values  as source_keys
//  4 taken          [keys, values][kv_head][row][head_dim], f32, or f16 two to a word

override source_is_half: bool;
override taken_is_half: bool;
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
@group(0) @binding(1) var<storage, read> cos_sin: array<vec2<f32>>;
@group(0) @binding(2) var<storage, read> source_keys: array<u32>;
@group(0) @binding(3) var<storage, read> source_values: array<u32>;
@group(0) @binding(4) var<storage, read_write> taken: array<u32>;

const half_max = 65504.0;

fn load_key(element: u32) -> f32 {
  if (source_is_half) {
    return unpack2x16float(source_keys[element / 2u])[element % 2u];
  }
  return bitcast<f32>(source_keys[element]);
}

fn load_value(element: u32) -> f32 {
  if (source_is_half) {
    return unpack2x16float(source_values[element / 2u])[element % 2u];
  }
  return bitcast<f32>(source_values[element]);
}

// Element `dim` of the key that starts at `start`, turned back. Pair i: (i, i + half_rotary), or (2i, 2i + 1).
fn unrotated(start: u32, row: u32, dim: u32) -> f32 {
  let x = load_key(start + dim);
  if (dim >= 2u * params.half_rotary) {
    return x;
  }
  let pair = select(dim % params.half_rotary, dim / 2u, adjacent_pairs);
  let apart = select(params.half_rotary, 1u, adjacent_pairs);
  let angle = cos_sin[row * params.half_rotary + pair];
  if (dim == select(pair, 2u * pair, adjacent_pairs)) {
    return x * angle.x + load_key(start + dim + apart) * angle.y;
  }
  return x * angle.x - load_key(start + dim - apart) * angle.y;
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

  let start = (head * params.capacity + params.first_row + row) * params.head_dim;
  let keys = vec2(unrotated(start, row, dim), unrotated(start, row, dim + 1u));
  let source = start + dim;
  let to = (head * params.rows + row) * params.head_dim + dim;
  let values = params.kv_heads * params.rows * params.head_dim + to;

  if (taken_is_half) {
    taken[to / 2u] = pack(keys);
    if (source_is_half) {
      taken[values / 2u] = source_values[source / 2u];
    } else {
      taken[values / 2u] = pack(vec2(load_value(source), load_value(source + 1u)));
    }
  } else {
    taken[to] = bitcast<u32>(keys.x);
    taken[to + 1u] = bitcast<u32>(keys.y);
    if (source_is_half) {
      taken[values] = bitcast<u32>(load_value(source));
      taken[values + 1u] = bitcast<u32>(load_value(source + 1u));
    } else {
      taken[values] = source_values[source];
      taken[values + 1u] = source_values[source + 1u];
    }
  }
}
