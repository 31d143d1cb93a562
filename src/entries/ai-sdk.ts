/** `web-lag/ai-sdk`: models of the AI SDK (`ai` 6 and 7). */
export {
  createLagProvider,
  createLagProviderV3,
  type LagProvider,
  type LagProviderV3,
} from "../ai-sdk/provider.ts";
