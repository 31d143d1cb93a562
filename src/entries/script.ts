/** `lag-chat.js`, for a script tag: the element, and no name of its own among the page's. */
import "./element.ts";
