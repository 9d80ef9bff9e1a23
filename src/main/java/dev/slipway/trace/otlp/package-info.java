/** Sends traces to an OpenTelemetry collector, and says where that is and what it is told. */
@org.jspecify.annotations.NullMarked
package dev.slipway.trace.otlp;
