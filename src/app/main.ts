/** Puts the page together: the client, the views, and what each tells the other. */
import { type Client, connect } from "../client/connect.ts";
import { requireSecurePage } from "../client/secure-page.ts";
import type { ModelInfo } from "../engine/engine.ts";
import { messageOf } from "../terms/errors.ts";
import { exposeAutomation } from "./automation.ts";
import { mountAskView } from "./chat/ask-view.ts";
import { mountChat } from "./chat/chat.ts";
import { mountChatRoute } from "./chat/chat-route.ts";
import { mountWorkView } from "./chat/work-view.ts";
import { createConversationStore } from "./conversations/conversation-store.ts";
import { mountConversationsView } from "./conversations/conversations-view.ts";
import { mountDeviceView } from "./device/device-view.ts";
import { fetchExamples } from "./documents/corpora.ts";
import { mountCorpusView } from "./documents/corpus-view.ts";
import { find } from "./dom.ts";
import { keepStorage } from "./memory/keep-storage.ts";
import { openLogBook } from "./memory/log-book.ts";
import { mountLogsView } from "./memory/logs-view.ts";
import { mountMemorySwitches } from "./memory/memory-switches.ts";
import { mountModelView } from "./model-view.ts";
import { affordable } from "./models/affordable.ts";
import { mountModelsView } from "./models/models-view.ts";
import { type Pace, paceOf } from "./models/pace.ts";
import { mountNoticesView } from "./notices-view.ts";
import { registerOffline } from "./offline.ts";
import { readOptions } from "./options.ts";
import { sharedQuestion, withoutShared } from "./shared-question.ts";
import { openPageStorage } from "./storage/page-database.ts";
import { texts } from "./texts/texts.ts";
import { mountViews } from "./views.ts";

const notices = mountNoticesView();
const model = mountModelView(() => void client.load(inUse).catch(() => {}));
const options = optionsOrExplain();
/** Of the last load: the model that was asked for may be too large for this device. */
let inUse = options;
let info: ModelInfo | undefined;
let pace: Pace | undefined;

const client: Client = connect({
  onProgress: model.progress,
  onLoaded(result) {
    info = result.model;
    model.loaded(result);
    device.setBackend(result.backend);
    for (const notice of result.notices) notices.show(notice);
    logs.setModel(info.fingerprint);
    chat.setModel(Promise.resolve(info));
    askView.setTrainedModes(info.trainedModes);
    askView.setNoRows(info.noRows);
  },
  onLoadFailed: model.failed,
  onDeath: model.died,
});

const storage = openPageStorage(options.bankName);
void storage.then(({ refused }) => {
  if (refused !== undefined) notices.show(`${texts.conversations.lastOnly} ${messageOf(refused)}`);
});
const device = mountDeviceView(
  storage.then(({ refused }) => (refused === undefined ? undefined : messageOf(refused))),
);
const book = openLogBook(client, notices.show);
const logs = mountLogsView(book);
keepStorage(client);
const switches = mountMemorySwitches();
const work = mountWorkView();
const corpus = mountCorpusView({
  use: client.setCorpus,
  shelf: storage.then(({ corpora }) => corpora),
  key: `${options.bankName}-corpus`,
});
const store = createConversationStore(
  storage.then(({ conversations }) => conversations),
  options.bankName,
);
const chat = mountChat({
  client,
  store,
  book,
  work,
  switches,
  documents: corpus.inUse,
  onAnswer(result) {
    device.measured(result);
    if (info) pace = paceOf(result, info.weightBytes) ?? pace;
  },
  notice: notices.show,
});
const askView = mountAskView({
  work,
  ask: chat.ask,
  remembers: () => switches.all && switches.conversation,
  hints: () => (info?.instruction === "short" ? hintsOfEmbedded() : []),
  onEditEnd: chat.giveUpEdit,
});
chat.onEdit(askView.edit);
const showConversations = mountConversationsView({
  store,
  openId: () => chat.openId,
  leave: () => chat.openNew(false),
  removeLogs: book.remove,
  notice: notices.show,
});
chat.onOpen(() => void showConversations());
book.onChange(device.refresh);
for (const change of [switches.onChange, corpus.onChange, chat.onOpen]) change(askView.refresh);
mountChatRoute(chat);

const chosen = affordable(options, readOptions("", document.baseURI).modelUrl).then(
  ({ options: those, refused }) => {
    inUse = those;
    if (refused !== undefined) notices.show(refused, { label: texts.room.anyway, act: insist });
  },
);
const loading = chosen.then(() => client.load(inUse));
chat.setModel(loading.then((result) => result.model));
mountModelsView(options, () => pace);
// A script that waits for `ready` finds the corpus of the page set, and may set its own over it.
exposeAutomation(
  client,
  options,
  Promise.all([loading, corpus.ready]).then(([result]) => result),
);
void chosen.then(book.refresh);
fetchExamples().then(
  (examples) => chat.offer(examples, askView.submit),
  (error) => notices.show(messageOf(error)),
);
const shared = sharedQuestion(location.search);
if (shared !== null) {
  history.replaceState(null, "", location.pathname + withoutShared(location.search) + location.hash);
  Promise.all([loading, corpus.ready]).then(
    () => askView.submit(shared),
    () => {}, // the page says why nothing can be asked
  );
}
// After the first load, so that keeping the page for offline use does not compete with it.
loading.then(
  ({ retrieval }) =>
    registerOffline(retrieval.embedder === null || options.embedder ? [] : [options.embedderUrl], notices),
  () => {},
);

mountViews([
  {
    hash: "#bank",
    skip: texts.skip.bank,
    async mount() {
      try {
        const { mountBankView } = await import("./bank/bank-view.ts");
        mountBankView(client, book);
      } catch (error) {
        find(".bank-message").textContent = `${texts.views.noBank} ${messageOf(error)}`;
      }
    },
  },
  {
    hash: "#report",
    skip: texts.skip.report,
    async mount() {
      try {
        const { mountReportView } = await import("./report/report-view.ts");
        await mountReportView(inUse);
      } catch (error) {
        find(".report-message").textContent = `${texts.views.noReport} ${messageOf(error)}`;
      }
    },
  },
]);

/** What the embedded model was not trained for, where a person is about to try it. */
function hintsOfEmbedded(): string[] {
  return [
    ...(corpus.inUse() ? [] : [texts.documents.little]),
    ...(chat.openId === null ? [] : [texts.documents.single]),
  ];
}

/** A person wants the model all the same. */
function insist(): void {
  inUse = options;
  client.load(options).catch(() => {}); // the page says why
}

function optionsOrExplain() {
  try {
    requireSecurePage();
    return readOptions(location.search, document.baseURI);
  } catch (error) {
    model.refused(error); // the address stays what it is, and so does where the page came from
    throw new Error(messageOf(error));
  }
}
