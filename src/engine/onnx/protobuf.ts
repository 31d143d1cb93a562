/** Protocol-buffer wire format, both ways: the few rules of it that ONNX files need. */
const utf8 = new TextEncoder();

/** Collects fields; a message inside another is written by a writer of its own. */
export class ProtoWriter {
  private readonly parts: Uint8Array[] = [];
  private size = 0;

  /** Wire type 0. Negative numbers take ten bytes, as the format says. */
  int(field: number, value: number | bigint): this {
    return this.tag(field, 0).varint(BigInt(value));
  }

  /** Wire type 5. */
  float(field: number, value: number): this {
    return this.tag(field, 5).raw(new Uint8Array(new Float32Array([value]).buffer));
  }

  /** Wire type 2. The bytes are not copied until `toBytes`. */
  bytes(field: number, value: Uint8Array): this {
    return this.tag(field, 2).varint(BigInt(value.byteLength)).raw(value);
  }

  text(field: number, value: string): this {
    return this.bytes(field, utf8.encode(value));
  }

  message(field: number, value: ProtoWriter): this {
    this.tag(field, 2).varint(BigInt(value.size));
    for (const part of value.parts) this.raw(part);
    return this;
  }

  toBytes(): Uint8Array<ArrayBuffer> {
    const out = new Uint8Array(this.size);
    let offset = 0;
    for (const part of this.parts) {
      out.set(part, offset);
      offset += part.byteLength;
    }
    return out;
  }

  private tag(field: number, wireType: number): this {
    return this.varint(BigInt((field << 3) | wireType));
  }

  private varint(value: bigint): this {
    let rest = BigInt.asUintN(64, value);
    const out: number[] = [];
    do {
      const low = Number(rest & 127n);
      rest >>= 7n;
      out.push(rest > 0n ? low | 128 : low);
    } while (rest > 0n);
    return this.raw(Uint8Array.from(out));
  }

  /** A field of another message, as it stands there. */
  field({ raw }: ProtoField): this {
    return this.raw(raw);
  }

  private raw(part: Uint8Array): this {
    this.parts.push(part);
    this.size += part.byteLength;
    return this;
  }
}

/** One field as it stands in the file. */
export interface ProtoField {
  readonly field: number;
  /** The bytes of wire type 2; nothing for the others. */
  readonly value: Uint8Array | undefined;
  /** Wire type 0. */
  readonly int: bigint | undefined;
  /** Wire type 5. */
  readonly float: number | undefined;
  /** The whole field, its tag counted in: what another message takes over unread. */
  readonly raw: Uint8Array;
}

/** Reads the fields of one message. Throws RangeError when it ends in the middle of a field. */
export function* readFields(bytes: Uint8Array): Generator<ProtoField> {
  let offset = 0;
  const wholeVarint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[offset++];
      if (byte === undefined || shift > 63n) throw new RangeError("a number is cut off");
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const varint = () => Number(wholeVarint());
  const skip = (length: number): Uint8Array => {
    if (offset + length > bytes.byteLength)
      throw new RangeError("a field is longer than the message around it");
    offset += length;
    return bytes.subarray(offset - length, offset);
  };
  while (offset < bytes.byteLength) {
    const start = offset;
    const tag = varint();
    const field = Math.floor(tag / 8);
    const wireType = tag % 8;
    let value: Uint8Array | undefined;
    let int: bigint | undefined;
    let float: number | undefined;
    if (wireType === 0) int = BigInt.asIntN(64, wholeVarint());
    else if (wireType === 1) skip(8);
    else if (wireType === 2) value = skip(varint());
    else if (wireType === 5) float = new Float32Array(skip(4).slice().buffer)[0];
    else throw new RangeError(`wire type ${wireType} does not exist in ONNX files`);
    if (field === 0) throw new RangeError("field number 0 does not exist");
    yield { field, value, int, float, raw: bytes.subarray(start, offset) };
  }
}
