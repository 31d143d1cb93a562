/** Files dropped anywhere on the chat, which shows while they are held over it that it takes them. */
import { find } from "../dom.ts";

export function acceptDrops(take: (files: readonly File[]) => void): void {
  const { body } = document;
  const chat = find("#chat");
  const holdsFiles = ({ dataTransfer }: DragEvent) =>
    !chat.hidden && (dataTransfer?.types.includes("Files") ?? false);
  const show = (over: boolean) => body.classList.toggle("files-over", over);

  addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault(); // or the browser would open the file in place of the page
    show(true);
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) show(false);
  });
  addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    show(false);
    take([...(event.dataTransfer?.files ?? [])]);
  });
}
