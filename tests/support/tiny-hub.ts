/** A tiny model as a hub gives it out, a hub that has it, and patience short enough for tests. */
import { HubSource } from "../../src/hub/hub-source.ts";
import type { Patience } from "../../src/hub/patience.ts";
import { type HubOptions, type HubServer, startHub } from "./hub-server.ts";
import { configJson, TINY } from "./tiny-model.ts";

/** Large enough to come in several pieces. */
export const WEIGHTS = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251);

export function hubFiles(): Record<string, Uint8Array | string> {
  return {
    "README.md": "# Tiny",
    "config.json": JSON.stringify(configJson(TINY)),
    "tokenizer.json": "{}",
    "tokenizer_config.json": '{"chat_template": "own"}',
    "onnx/model.onnx": WEIGHTS,
    "onnx/model_q4.onnx": WEIGHTS.subarray(0, 1000),
    "onnx/model_q4.onnx_data": WEIGHTS.subarray(0, 90_000),
    "onnx/model_q4f16.onnx": WEIGHTS.subarray(0, 60_000),
  };
}

/** On a busy machine an answer may take its time: only who tests silence is impatient with it. */
const IMPATIENT: Patience = { attempts: 4, pauseMs: 1, longestPauseMs: 2_000, stallMs: 20_000 };

export function startTinyHub(options: Partial<HubOptions> = {}): Promise<HubServer> {
  return startHub({ files: hubFiles(), ...options });
}

/** As the page asks for the model, with every address that was asked. */
export function sourceOf(
  hub: HubServer,
  token?: string,
  patience: Partial<Patience> = {},
): { source: HubSource; asked: string[] } {
  const asked: string[] = [];
  const access = {
    fetch: (url: string, init: RequestInit) => {
      asked.push(url);
      return fetch(url, init);
    },
    token,
    patience: { ...IMPATIENT, ...patience },
  };
  return { source: new HubSource({ base: hub.url, id: hub.id, revision: "main" }, access), asked };
}
