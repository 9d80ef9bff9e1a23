/**
 * What a signed request needs on its way: signatures, HTTP/1.1 over sockets for callers that block,
 * and event streams. It knows no service and no SDK; tests hold it to the SDK's results.
 */
@org.jspecify.annotations.NullMarked
package dev.slipway.aws.wire;
