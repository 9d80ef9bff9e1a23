package dev.slipway.local.container;

/**
 * One answer that has ended.
 *
 * @param prompt that it goes on from
 */
record Answer(
    String prompt, String text, Generation.Ending ending, int promptTokens, int completionTokens) {}
