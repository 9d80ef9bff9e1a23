package dev.slipway.api;

import dev.slipway.endpoint.Deadline;
import dev.slipway.trace.TraceParent;
import java.util.Optional;

/**
 * One request that has passed every guard.
 *
 * @param input what was sent
 * @param requestId the {@code x-request-id}
 * @param caller who sent it
 * @param route the route's path, as the registry writes it
 * @param deadline until when an answer is of use
 * @param parent the caller's span, from the {@code traceparent} header
 * @param ifNoneMatch the {@code If-None-Match} header; empty without one
 */
record Call<Q extends Record>(
    Q input,
    String requestId,
    Caller caller,
    String route,
    Deadline deadline,
    Optional<TraceParent> parent,
    String ifNoneMatch) {}
