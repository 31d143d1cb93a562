/** A small `mlc-chat-config.json`. */

export const CHATML = {
  system_template: "<|im_start|>system\n{system_message}<|im_end|>\n",
  system_message: "You help.",
  roles: { user: "<|im_start|>user", assistant: "<|im_start|>assistant" },
  role_templates: { user: "{user_message}", assistant: "{assistant_message}" },
  seps: ["<|im_end|>\n"],
  role_content_sep: "\n",
  role_empty_sep: "\n",
  stop_str: ["<|im_end|>"],
  stop_token_ids: [2],
};

export function chatConfig(change: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    model_type: "qwen2",
    quantization: "q4f32_1",
    vocab_size: 100,
    context_window_size: 64,
    sliding_window_size: -1,
    model_config: { rope_theta: 10000 },
    tokenizer_files: ["tokenizer.json"],
    conv_template: CHATML,
    ...change,
  };
}
