/** How `<lag-chat>` looks. Pages change it by custom properties and parts; nothing of it leaks out. */
import { css } from "lit";

export const styles = css`
  :host {
    --_accent: var(--lag-chat-accent, light-dark(#6243b0, #bda2f2));
    --_background: var(--lag-chat-background, light-dark(#fffdf9, #1e2125));
    --_sunken: var(--lag-chat-sunken, light-dark(#efece4, #2a2f35));
    --_text: var(--lag-chat-text, light-dark(#23252b, #eae7e0));
    --_muted: var(--lag-chat-muted, light-dark(#5b5e66, #a9abb0));
    --_border: var(--lag-chat-border, light-dark(#8c887e, #777c84));
    --_error: var(--lag-chat-error, light-dark(#a02c2c, #f2a09a));
    --_radius: var(--lag-chat-radius, 0.75rem);
    --_gap: 0.75rem;
    display: flex;
    flex-direction: column;
    box-sizing: border-box;
    block-size: 28rem;
    min-inline-size: min(14rem, 100%);
    overflow: hidden;
    container-type: inline-size;
    color-scheme: light dark;
    color: var(--_text);
    background: var(--_background);
    border: 1px solid color-mix(in srgb, var(--_border) 45%, transparent);
    border-radius: var(--_radius);
    font: var(--lag-chat-font, 1rem / 1.5 system-ui, sans-serif);
    text-align: start;
  }
  :host([theme="light"]) {
    color-scheme: light;
  }
  :host([theme="dark"]) {
    color-scheme: dark;
  }
  :host([hidden]) {
    display: none;
  }
  * {
    box-sizing: border-box;
  }
  p,
  ol,
  ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  [part="log"] {
    flex: 1;
    min-block-size: 0;
    overflow-y: auto;
    overscroll-behavior: contain;
    padding: var(--_gap);
    display: flex;
    flex-direction: column;
    gap: 1.25rem;
  }
  [part="turn"] {
    display: grid;
    gap: 0.35rem;
  }
  [part="question"],
  [part~="answer"] {
    overflow-wrap: anywhere;
    white-space: pre-wrap;
    border-radius: var(--_radius);
    padding: 0.4rem 0.7rem;
    inline-size: fit-content;
    max-inline-size: 100%;
  }
  [part="question"] {
    background: var(--_sunken);
    margin-inline-start: auto;
  }
  [part~="answer"] {
    padding: 0.2rem 0;
    font-size: 1.0625em;
  }
  [part~="answer-failed"] {
    color: var(--_error);
  }
  details,
  [part="footer"],
  [part="status"] {
    color: var(--_muted);
    font-size: 0.8125em;
  }
  details {
    overflow-wrap: anywhere;
  }
  details > :not(summary) {
    padding-block-start: 0.3rem;
  }
  summary {
    cursor: pointer;
    inline-size: fit-content;
  }
  [part="logs"] {
    border-inline-start: 3px solid var(--_accent);
    padding-inline-start: 0.6rem;
  }
  [part="steps"] {
    display: grid;
    gap: 0.3rem;
    padding-inline-start: 0.7rem;
    border-inline-start: 1px solid color-mix(in srgb, var(--_border) 45%, transparent);
  }
  [part="steps"] li {
    white-space: pre-wrap;
  }
  [part~="action"] {
    display: inline-block;
    padding: 0 0.4rem;
    color: var(--_text);
    background: var(--_sunken);
    border-radius: 0.35rem;
  }
  [part~="action-answer"] {
    font-weight: 600;
  }
  [part="status"] {
    padding: var(--_gap);
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem;
    border-block-end: 1px solid var(--_sunken);
  }
  [part="status"] p {
    flex: 1 1 12rem;
    overflow-wrap: anywhere;
  }
  progress {
    flex: 1 1 8rem;
    accent-color: var(--_accent);
  }
  form {
    display: flex;
    gap: 0.5rem;
    align-items: end;
    padding: 0.5rem var(--_gap);
    border-block-start: 1px solid var(--_sunken);
  }
  textarea {
    flex: 1;
    min-inline-size: 0;
    font: inherit;
    color: inherit;
    background: transparent;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    padding: 0.4rem 0.6rem;
    resize: none;
    field-sizing: content;
    max-block-size: 8rem;
  }
  ::placeholder {
    color: var(--_muted);
    opacity: 1;
  }
  button {
    font: inherit;
    color: var(--_background);
    background: var(--_accent);
    border: 1px solid transparent;
    border-radius: var(--_radius);
    padding: 0.4rem 0.9rem;
    min-block-size: 2.25rem;
    cursor: pointer;
  }
  button:disabled {
    color: var(--_muted);
    background: var(--_sunken);
    cursor: default;
  }
  [part="footer"] {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0.25rem 0.75rem;
    padding: 0 var(--_gap) 0.5rem;
  }
  [part="footer"] p {
    flex: 1 1 10rem;
    overflow-wrap: anywhere;
  }
  [part="forget"] {
    color: inherit;
    background: none;
    border: 0;
    padding: 0;
    min-block-size: 1.5rem;
    text-decoration: underline;
  }
  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }
  @container (inline-size > 40rem) {
    [part="log"],
    [part="status"],
    form,
    [part="footer"] {
      padding-inline: max(1.5rem, calc(50cqi - 22rem));
    }
    [part="question"] {
      max-inline-size: 80%;
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    [part~="answer-working"] {
      animation: working 1.6s ease-in-out infinite;
    }
    @keyframes working {
      50% {
        opacity: 0.55;
      }
    }
  }
`;
