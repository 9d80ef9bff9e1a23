/** Holds the wire to the AWS SDK's results, and to HTTP. */
@org.jspecify.annotations.NullMarked
package dev.slipway.aws.wire;
