/** Tests of your own page, without a GPU or a model: the loop and the bank are real, what the model says is given. */
import { createLag } from "web-lag";
import { fakeClient } from "web-lag/testing";

export async function ownTest() {
  const client = fakeClient({
    says: ({ rows }) => (rows > 0 ? "I know that. <ans> Torvessa </ans>" : "<keywords> Ilvana Krest </keywords>"),
  });
  const lag = await createLag("models/any/", { client, corpus: [{ title: "Ilvana Krest", text: "…" }] });
  await client.remember({
    question: "Where was Ilvana Krest born?",
    responses: ["<ans> Torvessa </ans>"],
    answer: "Torvessa",
    outcome: "answered",
    mode: "none",
    usedLogs: [],
    usedDocuments: [],
  });
  const said = await lag.chat.completions.create({
    messages: [{ role: "user", content: "Ilvana Krest was born where?" }],
  });
  return { answer: said.choices[0].message.content, steps: said.lag.steps };
}
