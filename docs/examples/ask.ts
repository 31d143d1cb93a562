/** A question, and the same in other words: what came from the log of the first. */
import { createLag, type LagOptions } from "web-lag";

const corpus = [
  { title: "The Salt Orchard", text: "The Salt Orchard was directed by Ilvana Krest." },
  { title: "Ilvana Krest", text: "Ilvana Krest was born in Torvessa." },
];

export async function ask(modelUrl: string, options: LagOptions = {}) {
  const lag = await createLag(modelUrl, { corpus, ...options });
  const put = (content: string) => lag.chat.completions.create({ messages: [{ role: "user", content }] });

  const first = await put("Where was the director of film The Salt Orchard born?");
  const again = await put("What is the place of birth of the person who directed The Salt Orchard?");
  lag.close();

  return {
    answers: [first.choices[0].message.content, again.choices[0].message.content],
    rowsFromLogs: again.usage.prompt_tokens_details.cached_tokens,
    logs: again.lag.logs.map(({ question, similarity }) => ({ question, similarity })),
  };
}
