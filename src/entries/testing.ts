/** `web-lag/testing`: fakes for the tests of pages that use web-lag. They need no GPU, no model and no browser. */
export { type FakeClientOptions, type FakeSight, fakeClient } from "../testing/fake-client.ts";
