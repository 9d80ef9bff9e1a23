/**
 * What a deploy asks of a cloud: ports, and the values that go through them. Each method of a port
 * is one call, or one list with all its pages; nothing here waits for a state.
 *
 * <p>Every method throws {@link dev.slipway.failure.CloudFailure}, after the bounded retries of the
 * adapter. Implementations are safe for use by several threads.
 */
@NullMarked
package dev.slipway.deploy.cloud;

import org.jspecify.annotations.NullMarked;
