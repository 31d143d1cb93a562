/** How many workgroups to start: WebGPU limits each dimension, so long lines are folded into rows. */

/**
 * Workgroups in x and y that hold `invocations` in groups of `workgroupSize`. A shader finds its number as
 * `(workgroup_id.y * num_workgroups.x + workgroup_id.x) * workgroup_size + local_invocation_index`.
 */
export function dispatchGrid(invocations: number, workgroupSize: number, limit: number): [number, number] {
  const groups = Math.ceil(invocations / workgroupSize);
  const rows = Math.max(Math.ceil(groups / limit), 1);
  if (rows > limit) {
    throw new RangeError(`${invocations} invocations do not fit into ${limit} x ${limit} workgroups.`);
  }
  return [Math.ceil(groups / rows), rows];
}
