def write(m, out): raise NotImplementedError
