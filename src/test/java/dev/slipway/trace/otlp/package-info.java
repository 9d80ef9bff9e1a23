@org.jspecify.annotations.NullMarked
package dev.slipway.trace.otlp;
