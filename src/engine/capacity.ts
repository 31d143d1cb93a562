/** Rows that fit, where nothing else is asked for. Models of today take far more, but buffers for all of it would not fit beside the weights. */
export const DEFAULT_CAPACITY = 4096;
