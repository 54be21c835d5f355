/** Instrumentation scope of all spans and metrics of the agent; its version is the agent's. */
export const SCOPE_NAME = '@tidemark/agent';
