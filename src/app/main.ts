/** Puts the page together: the client, the views, and what each tells the other. */
import { type Client, connect } from "../client/connect.ts";
import { messageOf } from "../terms/errors.ts";
import { exposeAutomation } from "./automation.ts";
import { mountAskView } from "./chat/ask-view.ts";
import { mountConversation } from "./chat/conversation.ts";
import { mountWorkView } from "./chat/work-view.ts";
import { fetchExamples } from "./documents/corpora.ts";
import { mountCorpusView } from "./documents/corpus-view.ts";
import { find } from "./dom.ts";
import { keepStorage } from "./memory/keep-storage.ts";
import { mountLogsView } from "./memory/logs-view.ts";
import { mountModelView } from "./model-view.ts";
import { mountNoticesView } from "./notices-view.ts";
import { registerOffline } from "./offline.ts";
import { readOptions } from "./options.ts";
import { mountViews } from "./views.ts";

const notices = mountNoticesView();
const model = mountModelView(() => void client.load(options).catch(() => {}));

const client: Client = connect({
  onProgress: model.progress,
  onLoaded(result) {
    model.loaded(result);
    for (const notice of result.notices) notices.show(notice);
    logs.setModel(result.model.fingerprint);
    askView.setTrainedModes(result.model.trainedModes);
  },
  onLoadFailed: model.failed,
  onDeath: model.died,
});

const logs = mountLogsView(client, notices.show);
keepStorage(client);
const work = mountWorkView();
const conversation = mountConversation(client, work);
const askView = mountAskView(work, conversation.ask);

const options = optionsOrExplain();
const loading = client.load(options);
const corpusInUse = mountCorpusView(client.setCorpus);
// A script that waits for `ready` finds the sample corpus set, and may set its own over it.
exposeAutomation(
  client,
  options,
  Promise.all([loading, corpusInUse]).then(([result]) => result),
);
void logs.refresh();
fetchExamples().then(
  (examples) => conversation.offer(examples, askView.submit),
  (error) => notices.show(messageOf(error)),
);
// After the first load, so that keeping the page for offline use does not compete with it.
loading.then(
  ({ retrieval }) => registerOffline(retrieval.embedder === null ? [] : [options.embedderUrl]),
  () => {},
);

mountViews(async () => {
  try {
    const { mountReportView } = await import("./report/report-view.ts");
    await mountReportView(options);
  } catch (error) {
    find(".report-message").textContent = `The report cannot be used. ${messageOf(error)}`;
  }
});

function optionsOrExplain() {
  try {
    return readOptions(location.search, document.baseURI);
  } catch (error) {
    model.refused(error); // the address stays what it is
    throw new Error(messageOf(error));
  }
}
