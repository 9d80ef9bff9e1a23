package dev.slipway.endpoint;

import java.time.Duration;

/**
 * Says why an answer is waited for.
 *
 * @param why one sentence, for the one who asked
 * @param atMost until the wait is given up
 */
public record Waiting(String why, Duration atMost) {}
